"""Return events, in streams `return-<id>`."""

from typing import ClassVar

import msgspec

from write_side.messages import Event
from write_side.values import Minor, OtherCharge


class ReturnLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Goods that came back, at the price that was given back for each; with the order and its line when the
    purchase is known."""

    line_id: int
    product_id: int
    sku: str
    name: str
    unit_price: Minor
    quantity: int
    order_id: int | None = None
    order_line_id: int | None = None
    variant_id: int | None = None
    seller_id: int | None = None

    @property
    def sellable_id(self) -> int:
        """Whose stock the goods go back to: the variant's, or the product's base."""
        return self.variant_id or self.product_id

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


class ReturnRecorded(Event, frozen=True):
    """Known by the number that `source` gave; `returned_at` is business time, a guest's has no person.

    Money as seen from the shop's takings: `lines` were given back, which takes their sum away; `charges`
    (a discount's reversal, a refunded postage) add theirs and are mostly below zero. `total`: what was
    given back in all, the sum of the lines less that of the charges.
    """

    TOPIC: ClassVar[str] = "return.recorded"

    return_id: int
    source: str
    number: str
    returned_at: str
    currency: str
    lines: tuple[ReturnLine, ...]
    charges: tuple[OtherCharge, ...]
    total: Minor
    person_id: int | None = None
