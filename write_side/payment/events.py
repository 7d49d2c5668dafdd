"""Payment events, in streams `payment-<order id>`."""

from typing import ClassVar

from write_side.messages import Event
from write_side.values import CURRENCY, Minor


class PaymentRequested(Event, frozen=True):
    """Somebody wants to pay; a worker makes the intent at Stripe. `attempt` counts from 1 and is part
    of Stripe's idempotency key."""

    TOPIC: ClassVar[str] = "payment.requested"

    order_id: int
    person_id: int
    amount: Minor
    attempt: int
    currency: str = CURRENCY


class PaymentIntentCreated(Event, frozen=True):
    TOPIC: ClassVar[str] = "payment.intent-created"

    order_id: int
    intent_id: str


class PaymentIntentFailed(Event, frozen=True):
    """Stripe refused to make the intent; the next request tries again."""

    TOPIC: ClassVar[str] = "payment.intent-failed"

    order_id: int
    attempt: int
    reason: str


class PaymentSucceeded(Event, frozen=True):
    TOPIC: ClassVar[str] = "payment.succeeded"

    order_id: int
    intent_id: str
    amount: Minor
    charge_id: str | None = None


class PaymentFailed(Event, frozen=True):
    """The buyer's attempt was declined; the same intent can be tried again."""

    TOPIC: ClassVar[str] = "payment.failed"

    order_id: int
    intent_id: str
    reason: str


class RefundRequested(Event, frozen=True):
    """`number` counts the order's refunds from 1 and is part of Stripe's idempotency key."""

    TOPIC: ClassVar[str] = "payment.refund-requested"

    order_id: int
    intent_id: str
    amount: Minor
    number: int


class RefundSucceeded(Event, frozen=True):
    """Money went back; `amount` this time. `number`: the request that this answers. None: Stripe's total
    grew, and which refund did it was not said; `amount` 0: the total was known before its number."""

    TOPIC: ClassVar[str] = "payment.refund-succeeded"

    order_id: int
    amount: Minor
    refund_id: str
    number: int | None = None


class RefundFailed(Event, frozen=True):
    """Stripe refuses this refund for good; a person has to look at it."""

    TOPIC: ClassVar[str] = "payment.refund-failed"

    order_id: int
    number: int
    amount: Minor
    reason: str


PaymentEvent = (
    PaymentRequested
    | PaymentIntentCreated
    | PaymentIntentFailed
    | PaymentSucceeded
    | PaymentFailed
    | RefundRequested
    | RefundSucceeded
    | RefundFailed
)
