"""Which streams the payments' commands read and write. A webhook event's id is claimed for ever in the
same append, so that it takes effect once however often it is delivered."""

from typing import Any, cast

from write_side.fields import decimal_text
from write_side.messages import Event
from write_side.order.handlers import find
from write_side.order.state import ORDER
from write_side.payment import commands as ask
from write_side.payment import decide
from write_side.payment.events import PaymentIntentCreated
from write_side.payment.state import PAYMENT
from write_side.refusals import Conflict
from write_side.review import purchases
from write_side.work import Work, handles


@handles(ask.RequestPayment)
def request_payment(command: ask.RequestPayment, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    payment = work.state(PAYMENT, command.order_id)
    work.record(PAYMENT, command.order_id, decide.request(order, payment))
    after = work.state(PAYMENT, command.order_id)
    return {
        "order_id": command.order_id,
        "amount": decimal_text(after.amount),
        "intent_id": after.intent_id,
        "attempt": after.attempt,
    }


@handles(ask.RecordPaymentIntent)
def record_payment_intent(command: ask.RecordPaymentIntent, work: Work) -> dict[str, Any]:
    payment = work.state(PAYMENT, command.order_id)
    _record(work, command.order_id, decide.record_intent(payment, command.intent_id))
    return {"intent_id": work.state(PAYMENT, command.order_id).intent_id}


@handles(ask.RecordIntentFailure)
def record_intent_failure(command: ask.RecordIntentFailure, work: Work) -> dict[str, Any]:
    payment = work.state(PAYMENT, command.order_id)
    events = decide.record_intent_failure(payment, command.attempt, command.reason)
    work.record(PAYMENT, command.order_id, events)
    return {}


@handles(ask.RecordPaymentSuccess)
def record_payment_success(command: ask.RecordPaymentSuccess, work: Work) -> dict[str, Any]:
    order_id = _order_of(work, command.order_id, command.intent_id)
    if _seen(work, command.event_id, order_id):
        return {"repeated": True}
    return {"repeated": not _succeed(work, order_id, command.intent_id, command.amount, command.charge_id)}


@handles(ask.RecordPaymentFailure)
def record_payment_failure(command: ask.RecordPaymentFailure, work: Work) -> dict[str, Any]:
    order_id = _order_of(work, command.order_id, command.intent_id)
    if _seen(work, command.event_id, order_id):
        return {"repeated": True}
    events = decide.record_failure(work.state(PAYMENT, order_id), command.intent_id, command.reason)
    _record(work, order_id, events)
    return {"repeated": not events}


@handles(ask.RequestRefund)
def request_refund(command: ask.RequestRefund, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    payment = work.state(PAYMENT, order.order_id)
    amount = payment.left if command.amount is None else command.amount
    work.record(PAYMENT, order.order_id, decide.refund(payment, amount))
    return {"order_id": order.order_id, "amount": decimal_text(amount)}


@handles(ask.RecordRefund)
def record_refund(command: ask.RecordRefund, work: Work) -> dict[str, Any]:
    order_id = _order_of(work, command.order_id, command.intent_id)
    if _seen(work, command.event_id, order_id):
        return {"repeated": True}
    if command.captured != 0:
        _succeed(work, order_id, command.intent_id, command.captured, command.charge_id)
    for_payment, for_order = decide.record_refund(
        work.state(PAYMENT, order_id), command.intent_id, command.refunded_total, command.refund_id, command.number
    )
    work.record(PAYMENT, order_id, for_payment)
    work.record(ORDER, order_id, for_order)
    return {"repeated": not for_payment}


@handles(ask.RecordRefundFailure)
def record_refund_failure(command: ask.RecordRefundFailure, work: Work) -> dict[str, Any]:
    payment = work.state(PAYMENT, command.order_id)
    events = decide.record_refund_failure(payment, command.number, command.reason)
    work.record(PAYMENT, command.order_id, events)
    return {}


def _succeed(work: Work, order_id: int, intent_id: str, amount: int | None, charge_id: str | None) -> bool:
    """Whether it was news."""
    order, payment = work.state(ORDER, order_id), work.state(PAYMENT, order_id)
    for_payment, for_order = decide.record_success(order, payment, intent_id, amount, charge_id)
    _record(work, order_id, for_payment)
    work.record(ORDER, order_id, for_order)
    if for_order:
        purchases.confirm(work, order_id)
    return bool(for_payment)


def _record(work: Work, order_id: int, events: list[Event]) -> None:
    """Records a payment's events; an intent belongs to its order for ever, so that news which names
    the intent alone finds the order."""
    for event in events:
        if isinstance(event, PaymentIntentCreated):
            work.claim("payment-intent", event.intent_id, order_id, decide.WrongIntent())
    work.record(PAYMENT, order_id, events)


def _order_of(work: Work, order_id: int | None, intent_id: str) -> int:
    """The order that the intent belongs to, else the one that the news names."""
    known = work.owner("payment-intent", intent_id)
    if known is None and order_id is None:
        raise decide.WrongIntent
    return known if known is not None else cast("int", order_id)


def _seen(work: Work, event_id: str | None, order_id: int) -> bool:
    """Claims a webhook event's id; True when it was claimed before."""
    if event_id is None:
        return False
    if work.owner("stripe-event", event_id) is not None:
        return True
    work.claim("stripe-event", event_id, order_id, Conflict())
    return False
