"""What the rules need to know of a cart."""

import msgspec

from write_side.cart.events import (
    CartCheckedOut,
    CartCleared,
    CartItemQuantityChanged,
    ItemAddedToCart,
    ItemRemovedFromCart,
)
from write_side.messages import Event
from write_side.work import Aggregate


class CartLine(msgspec.Struct, frozen=True, gc=False):
    line_id: int
    product_id: int
    variant_id: int | None
    quantity: int

    @property
    def sellable_id(self) -> int:
        return self.variant_id or self.product_id


class Cart(msgspec.Struct, frozen=True):
    """Lines by what they sell (variant, or product): one line each."""

    lines: dict[int, CartLine] = {}

    def line(self, line_id: int) -> CartLine | None:
        return next((line for line in self.lines.values() if line.line_id == line_id), None)


def evolve(cart: Cart, event: Event) -> Cart:
    match event:
        case ItemAddedToCart():
            sellable = event.variant_id or event.product_id
            before = cart.lines.get(sellable)
            quantity = event.quantity + (before.quantity if before else 0)
            line = CartLine(event.line_id, event.product_id, event.variant_id, quantity)
            return Cart({**cart.lines, sellable: line})
        case CartItemQuantityChanged():
            changed = cart.line(event.line_id)
            if changed is None:
                return cart
            line = msgspec.structs.replace(changed, quantity=event.quantity)
            return Cart({**cart.lines, changed.sellable_id: line})
        case ItemRemovedFromCart():
            return Cart({k: v for k, v in cart.lines.items() if v.line_id != event.line_id})
        case CartCleared() | CartCheckedOut():
            return Cart()
        case _:
            return cart


CART = Aggregate("cart", Cart(), evolve)
