"""Which streams an order's moves write: in a surface's words, and by what carriers say."""

from typing import Any

from write_side.order import decide, details, parties
from write_side.order.commands import MoveOrder, RecordCarrierNews
from write_side.order.handlers import cancel, find, give_back, involved, ship, status
from write_side.order.state import ORDER, Order
from write_side.policies import ORDER_STATUSES
from write_side.refusals import Conflict
from write_side.work import Work, handles


@handles(MoveOrder)
def move_order(command: MoveOrder, work: Work) -> dict[str, Any]:
    table = ORDER_STATUSES[command.table]
    parties.ensure_table(table, work.actor)
    order, roles = involved(work, command.order_id)
    parties.ensure_move(order, command.status, table, parties.on_side(roles, command.side))
    match table.step(command.status):
        case "in-work":
            work.record(ORDER, order.order_id, decide.start(order, command.note))
        case "shipped":
            if command.tracking_number is None and table.tracked:
                raise decide.TrackingNumberMissing(field="tracking_number")
            number = command.tracking_number or details.number_known(order)
            ship(work, order, number, command.carrier, command.note)
        case "delivered":
            work.record(ORDER, order.order_id, decide.deliver(order, command.note))
        case "returned":
            give_back(work, order, command.restock, command.note)
        case "cancelled":
            cancel(work, order, command.note)
    return {**status(work, order.order_id), "previous_status": order.status}


@handles(RecordCarrierNews)
def record_carrier_news(command: RecordCarrierNews, work: Work) -> dict[str, Any]:
    if work.owner("carrier-event", command.event_id) is not None:
        return {"repeated": True}
    order = find(work, command.order_id)
    steps = decide.carried(order, command.news)
    work.claim("carrier-event", command.event_id, order.order_id, Conflict())
    for step in steps:
        _carry(work, work.state(ORDER, order.order_id), step, command)
    return {"repeated": False, **status(work, order.order_id)}


def _carry(work: Work, order: Order, step: str, command: RecordCarrierNews) -> None:
    """The note is about the news itself, and not about what had to happen before it."""
    note = command.note if step == command.news else ""
    match step:
        case "shipped":
            ship(work, order, command.tracking_number, command.carrier, note)
        case "delivered":
            work.record(ORDER, order.order_id, decide.deliver(order, note))
        case "returned":
            give_back(work, order, False, note)
