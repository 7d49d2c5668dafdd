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
    """Amounts in minor units. `refunding`: requested of Stripe and not yet answered, by number; `reported`: those
    of them that Stripe's total has in it already, for news may be faster than an answer."""

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
    reported: frozenset[int] = frozenset()

    @property
    def unreported(self) -> dict[int, int]:
        """Refunds under way that are not in `refunded` yet."""
        return {number: amount for number, amount in self.refunding.items() if number not in self.reported}

    @property
    def left(self) -> int:
        """What was captured and neither given back nor about to be."""
        return max(0, self.captured - self.refunded - sum(self.unreported.values()))


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
            done = _replace(payment, refunded=payment.refunded + event.amount)
            return _answered(done, event.number) if event.number is not None else _reported(done, event.amount)
        case RefundFailed():
            return _answered(payment, event.number)
        case _:
            return payment


def _answered(payment: Payment, number: int) -> Payment:
    """A refund is open until its own number is answered. Taking amounts off whatever is open would let
    one that Stripe's dashboard made stand for one that was never carried out."""
    rest = {known: amount for known, amount in payment.refunding.items() if known != number}
    return _replace(payment, refunding=rest, reported=payment.reported - {number})


def _reported(payment: Payment, amount: int) -> Payment:
    """News without a number is of the refund of that amount, or of all that are under way together; of any other
    amount it is of none of ours."""
    under_way = payment.unreported
    of_it = next(({number} for number, asked in under_way.items() if asked == amount), set())
    if not of_it and amount == sum(under_way.values()):
        of_it = set(under_way)
    return _replace(payment, reported=payment.reported | of_it)


PAYMENT = Aggregate("payment", Payment(), evolve)
