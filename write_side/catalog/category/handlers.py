"""Which streams the categories' commands read and write, and the names they claim."""

from typing import Any

from write_side.catalog.category import decide
from write_side.catalog.category.commands import CreateCategory, RemoveCategory, UpdateCategory
from write_side.catalog.category.events import CategoryCreated
from write_side.catalog.category.state import CATEGORY
from write_side.fields import fold, slugify
from write_side.identifiers import parse_id
from write_side.work import Work, handles


@handles(CreateCategory)
def create_category(command: CreateCategory, work: Work) -> dict[str, Any]:
    if command.parent_id is not None:
        decide.ensure_exists(work.state(CATEGORY, command.parent_id))
    existing = work.owner("category", place(command.parent_id, command.name))
    if existing is not None:
        if command.slug not in (None, work.state(CATEGORY, existing).slug):
            raise decide.CategoryNameTaken
        return {"category_id": existing, "slug": work.state(CATEGORY, existing).slug}
    category_id = _create(work, command.parent_id, command.name, command.slug, command.description, command.image)
    return {"category_id": category_id, "slug": work.state(CATEGORY, category_id).slug}


@handles(UpdateCategory)
def update_category(command: UpdateCategory, work: Work) -> dict[str, Any]:
    category = work.state(CATEGORY, command.category_id)
    events = decide.change(category, command)
    if command.name is not None:
        old, new = place(category.parent_id, category.name), place(category.parent_id, command.name)
        if new != old:
            work.claim("category", new, category.category_id, decide.CategoryNameTaken())
            work.release("category", old)
    work.record(CATEGORY, command.category_id, events)
    return {"category_id": command.category_id, "slug": category.slug}


@handles(RemoveCategory)
def remove_category(command: RemoveCategory, work: Work) -> dict[str, Any]:
    category = work.state(CATEGORY, command.category_id)
    work.record(CATEGORY, command.category_id, decide.remove(category))
    work.release("category", place(category.parent_id, category.name))
    work.release("category-slug", category.slug)
    return {}


def ensure_path(work: Work, path: list[str]) -> int | None:
    """The leaf of a path of names from root to leaf; what is missing of it is made. Many may do so
    at once: the names are decided in the append's transaction."""
    parent: int | None = None
    for depth, name in enumerate(path):
        found = work.owner("category", place(parent, name))
        if found is None:
            return _create_path(work, parent, path[depth:])
        parent = found
    return parent


def _create_path(work: Work, parent: int | None, names: list[str]) -> int | None:
    """All of these, each in the one before; what has to be known for it is asked at once."""
    work.lookup([("category-slug", slugify(name)) for name in names])
    for number, name in enumerate(names):
        if number:
            work.unheard_of("category", place(parent, name))
        parent = _create(work, parent, name)
    return parent


def ensure_part(work: Work, current: int | None, name: str | None, parent: list[str] | None) -> int:
    """The place that is `current`'s but for its name, or but for what is above it; made where it is missing.
    Raises NoPlaceToKeep without a name and a current category that has one."""
    category = work.state(CATEGORY, current) if current is not None else CATEGORY.initial
    parent_id = ensure_path(work, parent) if parent else decide.parent_kept(category)
    if parent_id is not None and not work.state(CATEGORY, parent_id).exists:
        parent_id = None  # it was removed, and what is below it became a root
    name = name or decide.name_kept(category)
    found = work.owner("category", place(parent_id, name))
    return found if found is not None else _create(work, parent_id, name)


def find(work: Work, reference: str) -> int:
    """The category of this slug, else of this id (in either form): a slug may consist of digits alone.
    Raises NoSuchCategory."""
    found = work.owner("category-slug", reference)
    if found is None:
        try:
            found = parse_id(reference)
        except ValueError:
            raise decide.NoSuchCategory(field="category_reference") from None
    decide.ensure_exists(work.state(CATEGORY, found))
    return found


def place(parent_id: int | None, name: str) -> str:
    """The unique name of a category among its siblings."""
    return f"{parent_id or 0}/{fold(name)}"


def _create(
    work: Work,
    parent_id: int | None,
    name: str,
    slug: str | None = None,
    description: str = "",
    image: str | None = None,
) -> int:
    category_id = work.new_id()
    if slug is None:
        slug = slugify(name)
        if work.owner("category-slug", slug) is not None:
            slug = f"{slug}-{category_id}"
    work.claim("category", place(parent_id, name), category_id, decide.CategoryNameTaken())
    work.claim("category-slug", slug, category_id, decide.CategorySlugTaken(slug=slug))
    created = CategoryCreated(
        category_id=category_id,
        name=name,
        slug=slug,
        parent_id=parent_id,
        description=description,
        image=image,
    )
    work.begin(CATEGORY, category_id, [created])
    return category_id
