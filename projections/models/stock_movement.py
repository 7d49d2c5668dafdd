"""`stock-months` and `stock-movements`: what came in and went out, by product or variant. The months
say what was on hand when and where the movements lie; those are in documents of their own, which stay
small however long a thing is sold."""

from collections.abc import Callable, Mapping
from typing import Any

from projections.model import Fold, Model, Moment, number_of
from read_side.documents.movement import Month, Movement, Movements, StockMonths, bucket_key, bucket_of
from write_side.messages import Event
from write_side.stock.events import (
    PastAdjustmentRecorded,
    PastReturnRecorded,
    PastSaleRecorded,
    StockAdjusted,
    StockOpened,
    StockReturned,
    StockShipped,
)


def adjusted(event: StockAdjusted, when: Moment) -> Movement:
    return Movement(when.position, when.at, "adjustment", event.by, None, event.reason)


def shipped(event: StockShipped, when: Moment) -> Movement:
    return Movement(when.position, when.at, "sale", -event.quantity, event.order_id)


def returned(event: StockReturned, when: Moment) -> Movement:
    return Movement(when.position, when.at, "return", event.quantity, event.order_id)


def sold_before(event: PastSaleRecorded, when: Moment) -> Movement:
    return Movement(when.position, event.placed_at, "sale", -event.quantity, event.order_id)


def returned_before(event: PastReturnRecorded, when: Moment) -> Movement:
    return Movement(when.position, event.returned_at, "return", event.quantity, event.return_id)


def adjusted_before(event: PastAdjustmentRecorded, when: Moment) -> Movement:
    return Movement(when.position, event.adjusted_at, "adjustment", event.by, None, event.reason)


Moved = Callable[[Any, Moment], Movement]
MOVEMENTS: dict[type[Event], Moved] = {
    StockAdjusted: adjusted,
    StockShipped: shipped,
    StockReturned: returned,
    PastSaleRecorded: sold_before,
    PastReturnRecorded: returned_before,
    PastAdjustmentRecorded: adjusted_before,
}


def opened(stock: StockMonths, event: StockOpened, when: Moment) -> None:
    stock.sku = event.sku
    stock.opened += event.on_hand
    stock.opened_at = when.at


def _summed(moved: Moved) -> Fold:
    def fold(stock: StockMonths, event: Event, when: Moment) -> None:
        movement = moved(event, when)
        name = movement.at[:7]
        month = stock.months.get(name)
        if month is None:
            month = stock.months[name] = Month()
        month.movements += 1
        if movement.quantity > 0:
            month.arrived += movement.quantity
        else:
            month.left -= movement.quantity
        bucket = bucket_of(when.position)
        if not month.buckets or month.buckets[-1] != bucket:
            month.buckets.append(bucket)  # positions only rise

    return fold


def in_bucket(stream: str, event: Event, when: Moment) -> Mapping[str, Movement]:
    movement = MOVEMENTS[type(event)](event, when)
    return {bucket_key(number_of(stream), movement.at[:7], bucket_of(when.position)): movement}


def kept(bucket: Movements, movement: Movement, _when: Moment) -> None:
    bucket.movements.append(movement)


STOCK_MONTHS = Model(
    name="stock-months",
    document=StockMonths,
    empty=lambda key: StockMonths(sellable_id=int(key)),
    key=lambda stream, _event, _when: number_of(stream),
    folds={StockOpened: opened, **{kind: _summed(moved) for kind, moved in MOVEMENTS.items()}},
)

STOCK_MOVEMENTS = Model(
    name="stock-movements",
    document=Movements,
    empty=lambda _key: Movements(),
    key=in_bucket,
    folds=dict.fromkeys(MOVEMENTS, kept),
)
