"""What may be asked of categories."""

from typing import ClassVar

from write_side.fields import Id, Line, Slug, Text
from write_side.messages import Access, Command


class CreateCategory(Command):
    """Makes a category; repeating it with the same parent and name gives the one that exists."""

    access: ClassVar[Access] = Access.ADMIN

    name: Line
    parent_id: Id | None = None
    slug: Slug | None = None
    description: Text = ""
    image: Text | None = None


class UpdateCategory(Command):
    """Changes what is sent; the rest stays. The slug never changes: links rest on it."""

    access: ClassVar[Access] = Access.ADMIN

    category_id: Id
    name: Line | None = None
    description: Text | None = None
    image: Text | None = None


class RemoveCategory(Command):
    """Removes a category from the tree. Its products keep their place under no category."""

    access: ClassVar[Access] = Access.ADMIN

    category_id: Id
