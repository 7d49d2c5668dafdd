"""The cart's rules. Stock is checked here as a courtesy to the buyer; checkout is what decides."""

from write_side.cart.events import (
    CartCleared,
    CartItemQuantityChanged,
    ItemAddedToCart,
    ItemRemovedFromCart,
)
from write_side.cart.state import Cart, CartLine
from write_side.catalog.product.state import Product
from write_side.messages import Event
from write_side.refusals import Conflict, NotFound
from write_side.stock.decide import InsufficientStock
from write_side.stock.state import Stock

MAX_LINES = 500


class ProductNotSold(NotFound):
    type = "product-not-sold"
    title = "No such product, or it is not sold any more"


class NoSuchCartItem(NotFound):
    type = "no-such-cart-item"
    title = "No such line in your cart"


class CartFull(Conflict):
    type = "cart-full"
    title = f"A cart holds at most {MAX_LINES} lines"


def add(
    cart: Cart, product: Product, stock: Stock, variant_id: int | None, quantity: int, line_id: int
) -> ItemAddedToCart:
    """`line_id` is used when the product has no line yet."""
    ensure_sold(product, variant_id)
    line = cart.lines.get(variant_id or product.product_id)
    if line is None and len(cart.lines) >= MAX_LINES:
        raise CartFull
    _ensure_stock(stock, quantity + (line.quantity if line else 0))
    return ItemAddedToCart(
        line_id=line.line_id if line else line_id,
        product_id=product.product_id,
        variant_id=variant_id,
        quantity=quantity,
        unit_price=product.price_of(variant_id),
    )


def change(cart: Cart, line_id: int, quantity: int, stock: Stock) -> list[Event]:
    line = find(cart, line_id)
    if line.quantity == quantity:
        return []
    _ensure_stock(stock, quantity)
    return [CartItemQuantityChanged(line_id=line_id, quantity=quantity)]


def remove(cart: Cart, line_id: int) -> list[Event]:
    find(cart, line_id)
    return [ItemRemovedFromCart(line_id=line_id)]


def clear(cart: Cart) -> list[Event]:
    return [CartCleared()] if cart.lines else []


def find(cart: Cart, line_id: int) -> CartLine:
    line = cart.line(line_id)
    if line is None:
        raise NoSuchCartItem
    return line


def ensure_sold(product: Product, variant_id: int | None) -> None:
    if not product.sold or (variant_id is not None and variant_id not in product.variants):
        raise ProductNotSold


def _ensure_stock(stock: Stock, wanted: int) -> None:
    if wanted > stock.available:
        raise InsufficientStock(requested=wanted, available=stock.available)
