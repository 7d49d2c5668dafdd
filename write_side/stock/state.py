"""What the rules need to know of stock."""

import msgspec

from write_side.messages import Event
from write_side.stock.events import (
    PastAdjustmentRecorded,
    PastReturnRecorded,
    PastSaleRecorded,
    StockAdjusted,
    StockOpened,
    StockReleased,
    StockReserved,
    StockReturned,
    StockShipped,
)
from write_side.work import Aggregate


class Stock(msgspec.Struct, frozen=True, gc=False):
    product_id: int = 0
    variant_id: int | None = None
    sku: str = ""
    on_hand: int = 0
    reserved: int = 0

    @property
    def opened(self) -> bool:
        return self.product_id != 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


def evolve(stock: Stock, event: Event) -> Stock:
    match event:
        case StockReserved():
            return _move(stock, reserved=event.quantity)
        case StockReleased():
            return _move(stock, reserved=-event.quantity)
        case StockShipped():
            return _move(stock, on_hand=-event.quantity, reserved=-event.quantity)
        case PastSaleRecorded():
            return _move(stock, on_hand=-event.quantity)
        case StockReturned() | PastReturnRecorded():
            return _move(stock, on_hand=event.quantity)
        case StockAdjusted() | PastAdjustmentRecorded():
            return _move(stock, on_hand=event.by)
        case StockOpened():
            return Stock(event.product_id, event.variant_id, event.sku, event.on_hand)
        case _:
            return stock


def _move(stock: Stock, on_hand: int = 0, reserved: int = 0) -> Stock:
    return Stock(
        stock.product_id,
        stock.variant_id,
        stock.sku,
        stock.on_hand + on_hand,
        stock.reserved + reserved,
    )


STOCK = Aggregate("stock", Stock(), evolve)
