"""What may be asked of stock directly; orders move it through their own commands."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from write_side.fields import BusinessTime, Delta, Level, Line, Reference, Sku, Source
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


class RecordPastAdjustment(Command):
    """Records that past business changed the stock of an SKU otherwise than by sales and returns. The same
    reference of the same source is the same adjustment: a repetition changes nothing."""

    access: ClassVar[Access] = Access.ADMIN

    source: Source
    reference: Reference
    sku: Sku
    by: Delta
    adjusted_at: BusinessTime = Field(description="business time: when it was changed")
    reason: Line = Field(default="adjusted")

    @model_validator(mode="after")
    def _a_change(self) -> Self:
        if self.by == 0:
            raise ValueError("by must not be 0")
        return self
