"""What may be asked of returns."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from write_side.fields import BusinessTime, Currency, Id, Price, Quantity, Reference, Sku, Source
from write_side.messages import Access, Command
from write_side.order.commands import MAX_LINES, PastCharge


class ItemToReturn(BaseModel):
    """Goods that came back. `order` and `line` name the purchase, when it is known: the past order's number
    in the same source, and the place of the line among its lines, from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: Sku
    quantity: Quantity
    unit_price: Price
    order: Reference | None = None
    line: int | None = Field(default=None, strict=True, ge=1, le=MAX_LINES)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.order is None) != (self.line is None):
            raise ValueError("give both order and line, or neither")
        return self


class ReturnItems(Command):
    """Records that goods of past business came back, at its business time; they can be sold again. Of an
    order's line no more comes back than was bought. The same number of the same source is the same return:
    a repetition changes nothing and answers with the first one's id."""

    access: ClassVar[Access] = Access.ADMIN

    source: Source
    number: Reference
    returned_at: BusinessTime = Field(description="business time: when it came back")
    reference: Reference | None = Field(default=None, description="the customer's number in the source")
    person_id: Id | None = Field(default=None, description="or a person of this shop; neither: a guest")
    currency: Currency
    lines: list[ItemToReturn] = Field(default=[], max_length=MAX_LINES)
    charges: list[PastCharge] = Field(default=[], max_length=MAX_LINES)

    @model_validator(mode="after")
    def _something_of_one_customer(self) -> Self:
        if not self.lines and not self.charges:
            raise ValueError("give lines, charges or both")
        if self.reference is not None and self.person_id is not None:
            raise ValueError("give either reference or person_id")
        return self
