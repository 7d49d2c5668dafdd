"""Stock's rules: never below zero, reserved once, given back once."""

from write_side.messages import Event
from write_side.refusals import Conflict, NotFound
from write_side.stock.events import (
    PastAdjustmentRecorded,
    PastReturnRecorded,
    PastSaleRecorded,
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


def sell_before(stock: Stock, order_id: int, quantity: int, placed_at: str) -> PastSaleRecorded:
    """Past business sold what was there; what it did not have, nobody could have bought."""
    if quantity > stock.available:
        raise InsufficientStock(requested=quantity, available=stock.available, product_id=stock.product_id)
    return PastSaleRecorded(
        product_id=stock.product_id,
        variant_id=stock.variant_id,
        order_id=order_id,
        quantity=quantity,
        placed_at=placed_at,
    )


def take_back_before(stock: Stock, return_id: int, quantity: int, returned_at: str) -> PastReturnRecorded:
    return PastReturnRecorded(
        product_id=stock.product_id,
        variant_id=stock.variant_id,
        return_id=return_id,
        quantity=quantity,
        returned_at=returned_at,
    )


def adjust_before(
    stock: Stock, source: str, reference: str, by: int, adjusted_at: str, reason: str
) -> PastAdjustmentRecorded:
    if stock.available + by < 0:
        raise InsufficientStock(requested=-by, available=stock.available, product_id=stock.product_id)
    return PastAdjustmentRecorded(
        product_id=stock.product_id,
        variant_id=stock.variant_id,
        source=source,
        reference=reference,
        by=by,
        adjusted_at=adjusted_at,
        reason=reason,
    )
