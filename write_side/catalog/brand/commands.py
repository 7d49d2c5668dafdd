"""What may be asked of brands."""

from typing import ClassVar

from write_side.fields import Id, Line
from write_side.messages import Access, Command


class CreateBrand(Command):
    """Makes a brand; repeating it gives the one that exists."""

    access: ClassVar[Access] = Access.ADMIN

    name: Line


class RenameBrand(Command):
    """Gives a brand another name; its slug stays."""

    access: ClassVar[Access] = Access.ADMIN

    brand_id: Id
    name: Line
