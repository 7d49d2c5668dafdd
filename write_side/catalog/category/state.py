"""What the rules need to know of a category."""

import msgspec
from msgspec import UNSET

from write_side.catalog.category.events import CategoryChanged, CategoryCreated, CategoryRemoved
from write_side.messages import Event
from write_side.work import Aggregate


class Category(msgspec.Struct, frozen=True):
    category_id: int = 0
    name: str = ""
    slug: str = ""
    parent_id: int | None = None
    description: str = ""
    image: str | None = None
    removed: bool = False

    @property
    def exists(self) -> bool:
        return self.category_id != 0 and not self.removed


def evolve(category: Category, event: Event) -> Category:
    match event:
        case CategoryCreated():
            return Category(
                event.category_id,
                event.name,
                event.slug,
                event.parent_id,
                event.description,
                event.image,
            )
        case CategoryChanged():
            fields = ("name", "description", "image")
            changes = {f: v for f in fields if (v := getattr(event, f)) is not UNSET}
            return msgspec.structs.replace(category, **changes)
        case CategoryRemoved():
            return msgspec.structs.replace(category, removed=True)
        case _:
            return category


CATEGORY = Aggregate("category", Category(), evolve)
