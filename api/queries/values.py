"""Values that answers of several nouns share, and how all of them are written: ids are integers, money is decimal text
with its currency beside it, times are ISO 8601 in UTC; a value that does not exist is null, never missing.
"""

from typing import Annotated, Any

import msgspec

from read_side.documents.order import Line
from read_side.documents.sales import OtherCharge, ReturnedLine
from write_side.fields import decimal_text

Money = Annotated[str, msgspec.Meta(pattern=r"^-?\d+\.\d{2}$", examples=["19.99"])]


class AddressAnswer(msgspec.Struct):
    full_name: str
    street_address: str
    city: str
    country: str
    zip_code: str
    phone_number: str | None
    apartment: str | None
    state: str | None


class OtherChargeAnswer(msgspec.Struct):
    """Postage, a fee, a discount of past business; below zero it was given back."""

    code: str
    name: str
    quantity: int
    unit_price: Money
    total: Money


class GoodsAnswer(msgspec.Struct):
    """A line of an order or a return: what it was of, and for how much."""

    line_id: int
    product_id: int
    variant_id: int | None
    sku: str
    name: str
    unit_price: Money
    quantity: int
    total: Money


Goods = tuple[int, int, int | None, str, str, Money, int, Money]
"""The fields of a GoodsAnswer, for what is made of it."""


def money(minor: int | None) -> Money | None:
    return None if minor is None else decimal_text(minor)


def other_charge(found: OtherCharge) -> OtherChargeAnswer:
    unit_price, total = decimal_text(found.unit_price), decimal_text(found.total)
    return OtherChargeAnswer(found.code, found.name, found.quantity, unit_price, total)


def goods(found: Line | ReturnedLine) -> Goods:
    unit_price, total = decimal_text(found.unit_price), decimal_text(found.total)
    return found.line_id, found.product_id, found.variant_id, found.sku, found.name, unit_price, found.quantity, total


def whole(shape: Any, found: Any) -> Any:
    """The same fields, none left out: documents omit what has its default."""
    return msgspec.convert(found, shape, from_attributes=True)
