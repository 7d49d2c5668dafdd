"""`carts`: a person's cart, by person."""

from projections.model import Model, Moment, number_of
from read_side.documents.cart import Cart, CartLine
from write_side.account.events import AccountErased
from write_side.cart.events import (
    CartCheckedOut,
    CartCleared,
    CartItemQuantityChanged,
    ItemAddedToCart,
    ItemRemovedFromCart,
)


def item_added(cart: Cart, event: ItemAddedToCart, when: Moment) -> None:
    line = cart.lines.get(event.line_id)
    if line is None:
        cart.lines[event.line_id] = CartLine(event.line_id, event.product_id, event.quantity, when.at, event.variant_id)
    else:
        line.quantity += event.quantity
    cart.created_at = cart.created_at or when.at
    cart.updated_at = when.at


def quantity_changed(cart: Cart, event: CartItemQuantityChanged, when: Moment) -> None:
    cart.lines[event.line_id].quantity = event.quantity
    cart.updated_at = when.at


def item_removed(cart: Cart, event: ItemRemovedFromCart, when: Moment) -> None:
    del cart.lines[event.line_id]
    cart.updated_at = when.at


def emptied(cart: Cart, _event: CartCleared | CartCheckedOut | AccountErased, when: Moment) -> None:
    cart.lines = {}
    cart.updated_at = when.at


CARTS = Model(
    name="carts",
    document=Cart,
    empty=lambda key: Cart(person_id=int(key)),
    key=lambda stream, _event, _when: number_of(stream),
    folds={
        ItemAddedToCart: item_added,
        CartItemQuantityChanged: quantity_changed,
        ItemRemovedFromCart: item_removed,
        CartCleared: emptied,
        CartCheckedOut: emptied,
        AccountErased: emptied,
    },
)
