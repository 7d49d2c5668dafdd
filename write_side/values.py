"""Small values that events and states of several aggregates share."""

from typing import Annotated, NewType

import msgspec

Sealed = NewType("Sealed", str)
"""Personal text, encrypted under the person's key (`personal_data.py`). The write side carries it from
event to event without opening it; projections open it, or show a tombstone once the key is gone."""

Minor = Annotated[int, msgspec.Meta(description="money in minor units (cents)")]

CURRENCY = "USD"
MAX_TOTAL = 2**53 - 1  # minor units; past this JSON readers lose pennies


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line as it was at the moment of checkout: name, price and seller are snapshots."""

    line_id: int
    product_id: int
    sku: str
    name: str
    unit_price: Minor
    quantity: int
    variant_id: int | None = None
    variant_name: str | None = None
    seller_id: int | None = None

    @property
    def sellable_id(self) -> int:
        """Whose stock the line takes: the variant's, or the product's base."""
        return self.variant_id or self.product_id

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


class OtherCharge(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What past business charged besides goods: postage, fees, a discount. Below zero it was given back."""

    code: str
    name: str
    quantity: int
    unit_price: Minor

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


class Charges(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an order costs, frozen at checkout by the placing surface's pricing policy."""

    subtotal: Minor
    tax: Minor
    shipping: Minor
    discount: Minor
    total: Minor
    currency: str = CURRENCY
