"""The cart's answers."""

import msgspec

from api.marketplace.answers.products import ListProduct, Moment, Money


class Item(msgspec.Struct):
    """At the product's price of this moment. `product` null: it cannot be shown now."""

    id: int
    product: ListProduct | None
    quantity: int
    unit_price: Money
    total_price: Money


class Cart(msgspec.Struct):
    id: int
    items: list[Item]
    total_items: int
    total_amount: Money
    updated_at: Moment


class AddedItem(msgspec.Struct):
    item: Item
    was_created: bool


class ChangedItem(msgspec.Struct):
    item: Item


class Message(msgspec.Struct):
    message: str


class ItemStatus(msgspec.Struct):
    item_id: int
    status: str


class CheckedItem(msgspec.Struct):
    """`available`: 0 of what is not sold any more."""

    item_id: int
    product_id: int
    requested: int
    available: int
    valid: bool
    message: str


class StockCheck(msgspec.Struct):
    valid: bool
    items: list[CheckedItem]
