"""`payments`: what was asked, taken and given back for an order, by order."""

from projections.model import Model, Moment
from read_side.documents.order import Payment
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


def requested(payment: Payment, event: PaymentRequested, when: Moment) -> None:
    payment.person_id = event.person_id
    payment.amount = event.amount
    payment.currency = event.currency
    payment.attempt = event.attempt
    payment.pending = True
    payment.failure = None
    payment.created_at = payment.created_at or when.at
    payment.updated_at = when.at


def intent_created(payment: Payment, event: PaymentIntentCreated, when: Moment) -> None:
    payment.intent_id = event.intent_id
    payment.pending = False
    payment.updated_at = when.at


def intent_failed(payment: Payment, event: PaymentIntentFailed, when: Moment) -> None:
    payment.pending = False
    payment.failure = event.reason
    payment.updated_at = when.at


def succeeded(payment: Payment, event: PaymentSucceeded, when: Moment) -> None:
    payment.captured += event.amount
    payment.captured_at = when.at
    payment.intent_id = event.intent_id
    payment.charge_id = event.charge_id
    payment.failure = None
    payment.updated_at = when.at


def failed(payment: Payment, event: PaymentFailed, when: Moment) -> None:
    payment.failure = event.reason
    payment.updated_at = when.at


def refund_requested(payment: Payment, event: RefundRequested, when: Moment) -> None:
    payment.refunding[event.number] = event.amount
    payment.updated_at = when.at


def refund_succeeded(payment: Payment, event: RefundSucceeded, when: Moment) -> None:
    """A refund made in Stripe's own dashboard was never asked for and answers no number."""
    payment.refunded += event.amount
    if event.refund_id not in payment.refund_ids:
        payment.refund_ids.append(event.refund_id)
    if event.number is not None:
        payment.refunding.pop(event.number, None)
    payment.refunded_at = when.at
    payment.updated_at = when.at


def refund_failed(payment: Payment, event: RefundFailed, when: Moment) -> None:
    payment.refunding.pop(event.number, None)
    payment.refund_failures[event.number] = event.reason
    payment.updated_at = when.at


PAYMENTS = Model(
    name="payments",
    document=Payment,
    empty=lambda key: Payment(order_id=int(key)),
    key=lambda _stream, event, _when: str(event.order_id),
    folds={
        PaymentRequested: requested,
        PaymentIntentCreated: intent_created,
        PaymentIntentFailed: intent_failed,
        PaymentSucceeded: succeeded,
        PaymentFailed: failed,
        RefundRequested: refund_requested,
        RefundSucceeded: refund_succeeded,
        RefundFailed: refund_failed,
    },
)
