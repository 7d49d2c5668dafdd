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
    currency: str = ""
    person_id: int = 0
    intent_id: str | None = None
    captured: int = 0
    refunded: int = 0
    refunds: int = 0
    refunding: dict[int, int] = {}

    @property
    def left(self) -> int:
        """What was captured and neither given back nor about to be. Too little, never too much, while
        a refund is known by Stripe's total and not yet by its number."""
        return max(0, self.captured - self.refunded - sum(self.refunding.values()))


_replace = msgspec.structs.replace


def evolve(payment: Payment, event: Event) -> Payment:
    match event:
        case PaymentRequested():
            return _replace(
                payment,
                order_id=event.order_id,
                attempt=event.attempt,
                amount=event.amount,
                currency=event.currency,
                person_id=event.person_id,
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
            rest = _without(payment.refunding, event.number)
            return _replace(payment, refunded=payment.refunded + event.amount, refunding=rest)
        case RefundFailed():
            return _replace(payment, refunding=_without(payment.refunding, event.number))
        case _:
            return payment


def _without(refunding: dict[int, int], number: int | None) -> dict[int, int]:
    """A refund is open until its own number is answered. Taking amounts off whatever is open would let
    one that Stripe's dashboard made stand for one that was never carried out."""
    return {k: v for k, v in refunding.items() if k != number}


PAYMENT = Aggregate("payment", Payment(), evolve)
