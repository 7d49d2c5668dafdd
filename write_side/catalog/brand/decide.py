"""The rules of brands."""

from write_side.catalog.brand.events import BrandRenamed
from write_side.catalog.brand.state import Brand
from write_side.messages import Event
from write_side.refusals import Conflict, NotFound


class NoSuchBrand(NotFound):
    type = "no-such-brand"
    title = "No such brand"


class BrandNameTaken(Conflict):
    type = "brand-name-taken"
    title = "A brand of this name exists already"


def rename(brand: Brand, name: str) -> list[Event]:
    if not brand.brand_id:
        raise NoSuchBrand
    return [BrandRenamed(brand_id=brand.brand_id, name=name)] if name != brand.name else []
