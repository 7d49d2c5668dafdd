"""What may be asked of payments. Most of it is said by workers and webhooks, after Stripe has."""

from typing import ClassVar

from write_side.fields import Id, Line, Price, Text
from write_side.messages import Access, Command


class RequestPayment(Command):
    """Asks for a Stripe payment intent over the order's total. Repeating it gives the same one."""

    order_id: Id


class RecordPaymentIntent(Command):
    """Stripe made the intent."""

    access: ClassVar[Access] = Access.SERVICE

    order_id: Id
    intent_id: Line


class RecordIntentFailure(Command):
    """Stripe refused to make the intent."""

    access: ClassVar[Access] = Access.SERVICE

    order_id: Id
    attempt: int
    reason: Text


class RecordPaymentSuccess(Command):
    """Stripe captured the money; without an `amount`, all that was asked for. `event_id` is the webhook event's,
    when one brought the news; without `order_id` it is the order whose intent this is."""

    access: ClassVar[Access] = Access.SERVICE

    order_id: Id | None = None
    intent_id: Line
    amount: Price | None = None
    charge_id: Line | None = None
    event_id: Line | None = None


class RecordPaymentFailure(Command):
    """Stripe declined the buyer's attempt. `order_id` as in RecordPaymentSuccess."""

    access: ClassVar[Access] = Access.SERVICE

    order_id: Id | None = None
    intent_id: Line
    reason: Text
    event_id: Line | None = None


class RequestRefund(Command):
    """Gives money back: `amount`, or all that is left."""

    access: ClassVar[Access] = Access.ADMIN

    order_id: Id
    amount: Price | None = None


class RecordRefund(Command):
    """Stripe gave money back. `refunded_total` is what it has given back for the order so far (None: all), `number`
    the request that this answers; `captured` (as `amount` in RecordPaymentSuccess) and `charge_id` are of the charge,
    for news that overtakes the news of the payment. `order_id` as in RecordPaymentSuccess."""

    access: ClassVar[Access] = Access.SERVICE

    order_id: Id | None = None
    intent_id: Line
    refunded_total: Price | None = None
    refund_id: Line
    number: int | None = None
    captured: Price | None = None
    charge_id: Line | None = None
    event_id: Line | None = None


class RecordRefundFailure(Command):
    """Stripe refused a refund for good."""

    access: ClassVar[Access] = Access.SERVICE

    order_id: Id
    number: int
    reason: Text
