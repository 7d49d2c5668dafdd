"""Category events, in streams `category-<id>`."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from write_side.messages import Event


class CategoryCreated(Event, frozen=True):
    TOPIC: ClassVar[str] = "category.created"

    category_id: int
    name: str
    slug: str
    parent_id: int | None = None
    description: str = ""
    image: str | None = None


class CategoryChanged(Event, frozen=True):
    """Only what changed is set."""

    TOPIC: ClassVar[str] = "category.changed"

    category_id: int
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    image: str | UnsetType | None = UNSET


class CategoryRemoved(Event, frozen=True):
    TOPIC: ClassVar[str] = "category.removed"

    category_id: int


CategoryEvent = CategoryCreated | CategoryChanged | CategoryRemoved
