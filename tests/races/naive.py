"""How shops oversell: check the stock, then write the order. The control of the race below."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from eventsourcing.persistence import IntegrityError, StoredEvent

from storefold.bootstrap import WriteSide
from write_side.codecs import decode, encode
from write_side.messages import Event, Metadata
from write_side.order.events import OrderCancelled
from write_side.stock.events import StockReserved
from write_side.stock.state import STOCK, Stock

META = Metadata(at="2026-01-02T03:04:05.000006Z")


def sell(side: WriteSide, work: tuple[int, Sequence[int]]) -> int:
    """Sells one unit of the product under each order id, eight buyers at a time; how many were sold."""
    product_id, order_ids = work

    def buy(order_id: int) -> bool:
        stock, _ = _read(side, product_id)
        if stock.available < 1:
            return False
        # Any event does; what matters is that it rests on a check and not on the stream checked.
        _append(side, f"order-{order_id}", 1, OrderCancelled(order_id=order_id))
        reserved = StockReserved(product_id=product_id, order_id=order_id, quantity=1)
        while True:
            _, version = _read(side, product_id)
            try:
                _append(side, STOCK.stream(product_id), version + 1, reserved)
            except IntegrityError:
                continue
            return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(buy, order_ids))


def _read(side: WriteSide, product_id: int) -> tuple[Stock, int]:
    stock, version = STOCK.initial, 0
    for stored in side.log.select_events(STOCK.stream(product_id)):
        event, _ = decode(stored.topic, stored.state)
        stock, version = STOCK.evolve(stock, event), stored.originator_version
    return stock, version


def _append(side: WriteSide, stream: str, version: int, event: Event) -> None:
    side.log.insert_events([StoredEvent(stream, version, event.TOPIC, encode(event, META))])
