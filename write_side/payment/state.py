"""What the rules need to know of an order's payment."""

import msgspec

from write_side.messages import Event
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
from write_side.work import Aggregate


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in minor units. `refunding`: requested of Stripe and not yet answered, by number."""

    order_id: int = 0
    attempt: int = 0
    pending: bool = False  # an intent was requested and Stripe has not answered yet
    amount: int = 0
    intent_id: str | None = None
    captured: int = 0
    refunded: int = 0
    refunds: int = 0
    refunding: dict[int, int] = {}

    @property
    def left(self) -> int:
        """What was captured and neither given back nor about to be."""
        return self.captured - self.refunded - sum(self.refunding.values())


_replace = msgspec.structs.replace


def evolve(payment: Payment, event: Event) -> Payment:
    match event:
        case PaymentRequested():
            return _replace(
                payment,
                order_id=event.order_id,
                attempt=event.attempt,
                amount=event.amount,
                pending=True,
            )
        case PaymentIntentCreated():
            return _replace(payment, intent_id=event.intent_id, pending=False)
        case PaymentIntentFailed():
            return _replace(payment, pending=False)
        case PaymentSucceeded():
            return _replace(payment, captured=payment.captured + event.amount, intent_id=event.intent_id)
        case PaymentFailed():
            return payment
        case RefundRequested():
            refunding = {**payment.refunding, event.number: event.amount}
            return _replace(payment, refunds=event.number, refunding=refunding)
        case RefundSucceeded():
            return _replace(
                payment,
                refunded=payment.refunded + event.amount,
                refunding=_settle(payment.refunding, event.amount),
            )
        case RefundFailed():
            rest = {k: v for k, v in payment.refunding.items() if k != event.number}
            return _replace(payment, refunding=rest)
        case _:
            return payment


def _settle(refunding: dict[int, int], amount: int) -> dict[int, int]:
    """Takes a refund that happened off those that were asked for, oldest first; one made in Stripe's
    own dashboard was never asked for and takes off nothing."""
    rest = {}
    for number, asked in sorted(refunding.items()):
        settled = min(asked, amount)
        amount -= settled
        if asked > settled:
            rest[number] = asked - settled
    return rest


PAYMENT = Aggregate("payment", Payment(), evolve)
