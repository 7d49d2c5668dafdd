"""Which streams the cart's commands read and write."""

from typing import Any

from write_side.cart import decide
from write_side.cart.commands import AddToCart, ChangeCartItem, ClearCart, RemoveFromCart
from write_side.cart.state import CART, CartLine
from write_side.catalog.product.state import PRODUCT, Product
from write_side.fields import decimal_text
from write_side.stock.state import STOCK
from write_side.work import Work, handles


@handles(AddToCart)
def add_to_cart(command: AddToCart, work: Work) -> dict[str, Any]:
    mine = owner(work)
    sellable = command.variant_id or command.product_id
    product = work.state(PRODUCT, command.product_id)
    cart = work.state(CART, mine)
    stock = work.state(STOCK, sellable)
    new_line = 0 if sellable in cart.lines else work.new_id()
    event = decide.add(cart, product, stock, command.variant_id, command.quantity, new_line)
    work.record(CART, mine, [event])
    line = work.state(CART, mine).lines[sellable]
    return {**describe(line, product), "created": bool(new_line)}


@handles(ChangeCartItem)
def change_cart_item(command: ChangeCartItem, work: Work) -> dict[str, Any]:
    mine = owner(work)
    line = decide.find(work.state(CART, mine), command.line_id)
    stock = work.state(STOCK, line.sellable_id)
    product = work.state(PRODUCT, line.product_id)
    events = decide.change(work.state(CART, mine), command.line_id, command.quantity, stock)
    work.record(CART, mine, events)
    return describe(work.state(CART, mine).lines[line.sellable_id], product)


@handles(RemoveFromCart)
def remove_from_cart(command: RemoveFromCart, work: Work) -> dict[str, Any]:
    mine = owner(work)
    work.record(CART, mine, decide.remove(work.state(CART, mine), command.line_id))
    return {}


@handles(ClearCart)
def clear_cart(command: ClearCart, work: Work) -> dict[str, Any]:
    mine = owner(work)
    work.record(CART, mine, decide.clear(work.state(CART, mine)))
    return {}


def owner(work: Work) -> int:
    """A cart bears its person's id; the bus has made sure that somebody is signed in."""
    assert work.actor.person_id is not None
    return work.actor.person_id


def describe(line: CartLine, product: Product) -> dict[str, Any]:
    """A line as its answer shows it, with what the product costs now."""
    price = product.price_of(line.variant_id)
    variant = product.variants.get(line.variant_id or 0)
    return {
        "line_id": line.line_id,
        "product_id": line.product_id,
        "product_name": product.name,
        "variant_id": line.variant_id,
        "variant_name": variant.name if variant else None,
        "quantity": line.quantity,
        "unit_price": decimal_text(price),
        "total": decimal_text(price * line.quantity),
    }
