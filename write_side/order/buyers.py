"""Whose an order is, for those who need to know it before the order's turn on the bus: it never changes."""

from write_side.codecs import decode
from write_side.event_store import PostgresLog
from write_side.order.state import ORDER


def buyer_of(log: PostgresLog, order_id: int) -> int | None:
    """None: a guest's, or there is no such order. Raises OperationalError."""
    first = log.select_events(ORDER.stream(order_id), limit=1)
    if not first:
        return None
    event, _ = decode(first[0].topic, first[0].state)
    return ORDER.evolve(ORDER.initial, event).person_id or None
