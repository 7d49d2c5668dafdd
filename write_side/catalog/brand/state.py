"""What the rules need to know of a brand."""

import msgspec

from write_side.catalog.brand.events import BrandCreated, BrandRenamed
from write_side.messages import Event
from write_side.work import Aggregate


class Brand(msgspec.Struct, frozen=True):
    brand_id: int = 0
    name: str = ""
    slug: str = ""


def evolve(brand: Brand, event: Event) -> Brand:
    match event:
        case BrandCreated():
            return Brand(event.brand_id, event.name, event.slug)
        case BrandRenamed():
            return msgspec.structs.replace(brand, name=event.name)
        case _:
            return brand


BRAND = Aggregate("brand", Brand(), evolve)
