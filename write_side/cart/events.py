"""The cart's events. They are the storage format: change one only with a version and an upcaster."""

from typing import ClassVar

from write_side.messages import Event
from write_side.upcasts.cart import item_added_v1_v2
from write_side.values import Minor


class ItemAddedToCart(Event, frozen=True):
    """`quantity` more of a product, on a new line or on the line it has already."""

    TOPIC: ClassVar[str] = "cart.item-added"
    class_version: ClassVar[int] = 2
    upcast_v1_v2 = staticmethod(item_added_v1_v2)

    line_id: int
    product_id: int
    quantity: int
    unit_price: Minor | None
    variant_id: int | None = None


class CartItemQuantityChanged(Event, frozen=True):
    TOPIC: ClassVar[str] = "cart.item-quantity-changed"

    line_id: int
    quantity: int


class ItemRemovedFromCart(Event, frozen=True):
    TOPIC: ClassVar[str] = "cart.item-removed"

    line_id: int


class CartCleared(Event, frozen=True):
    TOPIC: ClassVar[str] = "cart.cleared"


class CartCheckedOut(Event, frozen=True):
    """The cart became an order and is empty again."""

    TOPIC: ClassVar[str] = "cart.checked-out"

    order_id: int


CartEvent = ItemAddedToCart | CartItemQuantityChanged | ItemRemovedFromCart | CartCleared | CartCheckedOut
