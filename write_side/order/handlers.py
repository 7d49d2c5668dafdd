"""Which streams the moves of orders read and write: shipping, cancelling and returns move the stock of every line
in the same append."""

from collections.abc import Callable
from typing import Any

from write_side.messages import Event
from write_side.order import decide, parties
from write_side.order.commands import CancelOrder, DeliverOrder, ReturnOrder, ShipOrder, StartOrder
from write_side.order.state import ORDER, Order
from write_side.payment import decide as payments
from write_side.payment.state import PAYMENT
from write_side.review import purchases
from write_side.stock import decide as stocks
from write_side.stock.state import STOCK, Stock
from write_side.values import OrderLine
from write_side.work import Work, handles


@handles(CancelOrder)
def cancel_order(command: CancelOrder, work: Work) -> dict[str, Any]:
    order, roles = involved(work, command.order_id)
    parties.ensure_may_cancel(parties.on_side(roles, command.side), command.reason)
    cancel(work, order, command.reason)
    return status(work, order.order_id)


@handles(StartOrder)
def start_order(command: StartOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    work.record(ORDER, order.order_id, decide.start(order, command.note))
    return status(work, order.order_id)


@handles(ShipOrder)
def ship_order(command: ShipOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    ship(work, order, command.tracking_number, command.carrier, command.note)
    return status(work, order.order_id)


@handles(DeliverOrder)
def deliver_order(command: DeliverOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    work.record(ORDER, order.order_id, decide.deliver(order, command.note))
    return status(work, order.order_id)


@handles(ReturnOrder)
def return_order(command: ReturnOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    give_back(work, order, command.restock, command.note)
    return status(work, order.order_id)


def cancel(work: Work, order: Order, reason: str) -> None:
    """The stock goes back, and what was paid."""
    work.record(ORDER, order.order_id, decide.cancel(order, reason))
    move_stock(work, order.lines, order.order_id, stocks.release)
    payment = work.state(PAYMENT, order.order_id)
    work.record(PAYMENT, order.order_id, payments.refund_rest(payment))
    purchases.cancel(work, order.order_id)


def ship(work: Work, order: Order, tracking_number: str, carrier: str, note: str) -> None:
    work.record(ORDER, order.order_id, decide.ship(order, tracking_number, carrier, note))
    move_stock(work, order.lines, order.order_id, stocks.ship)


def give_back(work: Work, order: Order, restock: bool, note: str) -> None:
    work.record(ORDER, order.order_id, decide.give_back(order, restock, note))
    if restock:
        move_stock(work, order.lines, order.order_id, stocks.take_back)


def find(work: Work, order_id: int) -> Order:
    """The order, when it is the caller's own (or the caller an administrator)."""
    order, roles = involved(work, order_id)
    if roles == {parties.SELLER}:
        raise decide.NoSuchOrder
    return order


def involved(work: Work, order_id: int) -> tuple[Order, parties.Roles]:
    """The order, and what the caller has to do with it. Raises NoSuchOrder for a stranger."""
    order = work.state(ORDER, order_id)
    return order, parties.roles_of(order, work.actor)


def move_stock(
    work: Work,
    lines: tuple[OrderLine, ...],
    order_id: int,
    move: Callable[[Stock, int, int], Event],
) -> None:
    work.states(STOCK, [line.sellable_id for line in lines])
    for line in sorted(lines, key=lambda line: line.sellable_id):
        stock = work.state(STOCK, line.sellable_id)
        work.record(STOCK, line.sellable_id, [move(stock, order_id, line.quantity)])


def status(work: Work, order_id: int) -> dict[str, Any]:
    """What a move answers."""
    return {"order_id": order_id, "status": work.state(ORDER, order_id).status}
