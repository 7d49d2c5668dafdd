"""The rules of categories."""

from msgspec import UNSET

from write_side.catalog.category.commands import UpdateCategory
from write_side.catalog.category.events import CategoryChanged, CategoryRemoved
from write_side.catalog.category.state import Category
from write_side.messages import Event
from write_side.refusals import Conflict, Invalid, NotFound


class NoSuchCategory(NotFound):
    type = "no-such-category"
    title = "No such category"


class CategoryNameTaken(Conflict):
    type = "category-name-taken"
    title = "A category of this name exists at this place already"


class CategorySlugTaken(Conflict):
    type = "category-slug-taken"
    title = "Another category has this slug"


class NoPlaceToKeep(Invalid):
    """`extra`: field."""

    type = "no-place-to-keep"
    title = "There is no category yet whose name could be kept"


def name_kept(category: Category) -> str:
    """Of a category that is to be had at another place."""
    if not category.exists:
        raise NoPlaceToKeep(field="category")
    return category.name


def parent_kept(category: Category) -> int | None:
    """Of a category that is to be had under another name."""
    return category.parent_id if category.exists else None


def change(category: Category, command: UpdateCategory) -> list[Event]:
    ensure_exists(category)
    changes = {
        name: value
        for name in ("name", "description", "image")
        if (value := getattr(command, name)) is not None and value != getattr(category, name)
    }
    if not changes:
        return []
    return [
        CategoryChanged(
            category_id=category.category_id,
            name=changes.get("name", UNSET),
            description=changes.get("description", UNSET),
            image=changes.get("image", UNSET),
        )
    ]


def remove(category: Category) -> list[Event]:
    ensure_exists(category)
    return [CategoryRemoved(category_id=category.category_id)]


def ensure_exists(category: Category) -> None:
    if not category.exists:
        raise NoSuchCategory
