"""What may be asked of stock directly; orders move it through their own commands."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from write_side.fields import Delta, Level, Line, Sku
from write_side.messages import Access, Command


class AdjustStock(Command):
    """Changes what is available of an SKU: `by` a difference, or `to` a number."""

    access: ClassVar[Access] = Access.SELLER

    sku: Sku
    by: Delta | None = None
    to: Level | None = None
    reason: Line = Field(default="adjusted")

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.by is None) == (self.to is None):
            raise ValueError("give either by or to")
        return self
