"""Stock's rules: never below zero, reserved once, given back once."""

from write_side.messages import Event
from write_side.refusals import Conflict, NotFound
from write_side.stock.events import (
    StockAdjusted,
    StockReleased,
    StockReserved,
    StockReturned,
    StockShipped,
)
from write_side.stock.state import Stock


class InsufficientStock(Conflict):
    """`extra`: requested, available, and where one line of several fell short, its product."""

    type = "insufficient-stock"
    title = "Insufficient stock"


class NoSuchSku(NotFound):
    type = "no-such-sku"
    title = "No product has this SKU"


def adjust(stock: Stock, by: int | None, to: int | None, reason: str) -> list[Event]:
    if not stock.opened:
        raise NoSuchSku
    change = by if by is not None else (to or 0) - stock.available
    if stock.available + change < 0:
        raise InsufficientStock(requested=-change, available=stock.available)
    if change == 0:
        return []
    return [StockAdjusted(product_id=stock.product_id, variant_id=stock.variant_id, by=change, reason=reason)]


def reserve(stock: Stock, order_id: int, quantity: int) -> StockReserved:
    if quantity > stock.available:
        raise InsufficientStock(requested=quantity, available=stock.available, product_id=stock.product_id)
    return StockReserved(
        product_id=stock.product_id,
        variant_id=stock.variant_id,
        order_id=order_id,
        quantity=quantity,
    )


def release(stock: Stock, order_id: int, quantity: int) -> StockReleased:
    return StockReleased(
        product_id=stock.product_id,
        variant_id=stock.variant_id,
        order_id=order_id,
        quantity=quantity,
    )


def ship(stock: Stock, order_id: int, quantity: int) -> StockShipped:
    return StockShipped(
        product_id=stock.product_id,
        variant_id=stock.variant_id,
        order_id=order_id,
        quantity=quantity,
    )


def take_back(stock: Stock, order_id: int, quantity: int) -> StockReturned:
    return StockReturned(
        product_id=stock.product_id,
        variant_id=stock.variant_id,
        order_id=order_id,
        quantity=quantity,
    )
