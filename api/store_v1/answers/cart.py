"""Carts and their lines."""

from msgspec import Struct

from api.store_v1.answers.values import Money, Time, Uuid


class CartProduct(Struct):
    id: Uuid
    name: str
    slug: str


class CartVariant(Struct):
    id: Uuid
    name: str
    sku: str


class CartItem(Struct):
    id: Uuid
    product: CartProduct
    variant: CartVariant | None
    quantity: int
    price: Money
    total_price: Money


class Cart(Struct):
    """`total_items` counts units."""

    id: Uuid
    items: list[CartItem]
    total_items: int
    subtotal: Money
    created_at: Time
    updated_at: Time


class ItemProduct(Struct):
    id: Uuid
    name: str


class ItemVariant(Struct):
    id: Uuid
    name: str


class ChangedItem(Struct):
    """A line after a write."""

    id: Uuid
    product: ItemProduct
    variant: ItemVariant | None
    quantity: int
    price: Money
    total_price: Money


class MoreOfItem(Struct):
    message: str
    quantity: int
    total_price: Money
