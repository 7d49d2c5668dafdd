"""`categories`: the whole tree, one document. Moving or renaming a category changes nothing
else."""

from msgspec import UNSET

from projections.model import Model, Moment
from read_side.documents.catalogue import Categories, Category
from write_side.catalog.category.events import CategoryChanged, CategoryCreated, CategoryRemoved


def created(tree: Categories, event: CategoryCreated, when: Moment) -> None:
    tree.categories[event.category_id] = Category(
        category_id=event.category_id,
        name=event.name,
        slug=event.slug,
        created=when.position,
        created_at=when.at,
        parent_id=event.parent_id,
        description=event.description,
        image=event.image,
        updated_at=when.at,
    )


def changed(tree: Categories, event: CategoryChanged, when: Moment) -> None:
    category = tree.categories[event.category_id]
    if event.name is not UNSET:
        category.name = event.name
    if event.description is not UNSET:
        category.description = event.description
    if event.image is not UNSET:
        category.image = event.image
    category.updated_at = when.at


def removed(tree: Categories, event: CategoryRemoved, _when: Moment) -> None:
    del tree.categories[event.category_id]


CATEGORIES = Model(
    name="categories",
    document=Categories,
    empty=lambda _key: Categories(),
    key=lambda _stream, _event, _when: "all",
    folds={CategoryCreated: created, CategoryChanged: changed, CategoryRemoved: removed},
    in_memory=True,
)
