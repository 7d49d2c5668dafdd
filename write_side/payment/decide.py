"""The rules of payments. News from Stripe comes twice, late and in any order; each takes effect once."""

from write_side.messages import Event
from write_side.order.events import OrderPaid, OrderRefunded
from write_side.order.state import Order
from write_side.payment.events import (
    PaymentFailed,
    PaymentIntentCreated,
    PaymentIntentFailed,
    PaymentRequested,
    PaymentSucceeded,
    RefundFailed,
    RefundRequested,
    RefundSucceeded,
)
from write_side.payment.state import Payment
from write_side.refusals import Conflict, NotFound


class NotPayable(Conflict):
    """`extra`: status."""

    type = "not-payable"
    title = "The order cannot be paid any more"


class NothingToRefund(Conflict):
    """`extra`: left, in minor units."""

    type = "nothing-to-refund"
    title = "So much has not been paid, or is refunded already"


class WrongIntent(NotFound):
    type = "wrong-intent"
    title = "The payment intent is not one of this order"


def request(order: Order, payment: Payment) -> list[Event]:
    """One intent per order: a repeat while one is pending or open asks for nothing new."""
    if order.status != "placed" or payment.captured:
        raise NotPayable(f"the order is {order.status}", status=order.status)
    if payment.pending or payment.intent_id is not None:
        return []
    return [
        PaymentRequested(
            order_id=order.order_id,
            person_id=order.person_id,
            amount=order.total,
            attempt=payment.attempt + 1,
        )
    ]


def record_intent(payment: Payment, intent_id: str) -> list[Event]:
    """The first one counts; an intent that nobody asked for is none of this order."""
    if payment.intent_id is not None:
        return []
    return adopt(payment, intent_id)


def adopt(payment: Payment, intent_id: str) -> list[Event]:
    """News can be faster than the answer to the call that made the intent: what it names is then the
    intent that was asked for."""
    if payment.intent_id == intent_id:
        return []
    if payment.intent_id is None and payment.pending:
        return [PaymentIntentCreated(order_id=payment.order_id, intent_id=intent_id)]
    raise WrongIntent


def record_intent_failure(payment: Payment, attempt: int, reason: str) -> list[Event]:
    if not payment.pending or payment.attempt != attempt:
        return []
    return [PaymentIntentFailed(order_id=payment.order_id, attempt=attempt, reason=reason)]


def record_success(
    order: Order, payment: Payment, intent_id: str, amount: int | None, charge_id: str | None
) -> tuple[list[Event], list[Event]]:
    """Events for the payment and for the order. A payment that arrives after the cancellation is
    recorded, and given back. Without an amount it is what was asked for."""
    adopted = adopt(payment, intent_id)
    if payment.captured:
        return [], []
    amount = payment.amount if amount is None else amount
    succeeded = PaymentSucceeded(order_id=order.order_id, intent_id=intent_id, amount=amount, charge_id=charge_id)
    paid = OrderPaid(order_id=order.order_id, amount=amount)
    if not order.cancelled:
        return [*adopted, succeeded], [paid]
    refund = RefundRequested(
        order_id=order.order_id,
        intent_id=intent_id,
        amount=amount,
        number=payment.refunds + 1,
    )
    return [*adopted, succeeded, refund], [paid]


def record_failure(payment: Payment, intent_id: str, reason: str) -> list[Event]:
    """News of a decline that comes after the success is old news."""
    adopted = adopt(payment, intent_id)
    if payment.captured:
        return []
    return [*adopted, PaymentFailed(order_id=payment.order_id, intent_id=intent_id, reason=reason)]


def refund_rest(payment: Payment) -> list[Event]:
    """Whatever of the money is still here goes back."""
    return refund(payment, payment.left) if payment.left else []


def refund(payment: Payment, amount: int) -> list[Event]:
    if not 0 < amount <= payment.left or payment.intent_id is None:
        raise NothingToRefund(left=payment.left)
    return [
        RefundRequested(
            order_id=payment.order_id,
            intent_id=payment.intent_id,
            amount=amount,
            number=payment.refunds + 1,
        )
    ]


def record_refund(
    payment: Payment, intent_id: str, refunded_total: int | None, refund_id: str, number: int | None
) -> tuple[list[Event], list[Event]]:
    """Events for the payment and for the order. Stripe names the total, so that news that comes twice
    or out of order adds up all the same; without a total, all went back."""
    ensure_intent(payment, intent_id)
    total = payment.captured if refunded_total is None else min(refunded_total, payment.captured)
    amount = max(0, total - payment.refunded)
    answers = number if number in payment.refunding else None
    if not amount and answers is None:
        return [], []
    done = RefundSucceeded(order_id=payment.order_id, amount=amount, refund_id=refund_id, number=answers)
    return [done], [OrderRefunded(order_id=payment.order_id, amount=amount)] if amount else []


def record_refund_failure(payment: Payment, number: int, reason: str) -> list[Event]:
    amount = payment.refunding.get(number)
    if amount is None:
        return []
    return [RefundFailed(order_id=payment.order_id, number=number, amount=amount, reason=reason)]


def ensure_intent(payment: Payment, intent_id: str) -> None:
    if payment.intent_id != intent_id:
        raise WrongIntent
