"""An event in, what it asks of the world outside out.

An effect is named by what it is for, so that whoever meets the same event twice meets the same
effect: its id names the task and is the root of Stripe's idempotency key.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import msgspec

from write_side.messages import Event
from write_side.payment.events import PaymentIntentCreated, PaymentRequested, RefundRequested

WATCH_AFTER: Final = 60.0  # seconds that the news of a payment may take before somebody asks for it


class Kind(StrEnum):
    """What there is to be done."""

    CREATE_INTENT = "create-intent"  # `number`: the attempt
    REFUND = "refund"  # `number`: the refund's
    CHECK_INTENT = "check-intent"  # whether the intent was paid, should the webhook not come


class Effect(msgspec.Struct, frozen=True):
    """Something to be done once. `after`: seconds to wait first, for news may make it needless."""

    kind: Kind
    order_id: int
    number: int = 1
    after: float = 0.0

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.order_id}-{self.number}"


_EFFECTS: Final[dict[type[Event], Callable[[Any], Effect]]] = {
    PaymentRequested: lambda event: Effect(Kind.CREATE_INTENT, event.order_id, event.attempt),
    RefundRequested: lambda event: Effect(Kind.REFUND, event.order_id, event.number),
    PaymentIntentCreated: lambda event: Effect(Kind.CHECK_INTENT, event.order_id, after=WATCH_AFTER),
}

TOPICS: Final = tuple(sorted(event.TOPIC for event in _EFFECTS))
"""The events that have an effect; a dispatcher reads no others."""


def effect_of(event: Event) -> Effect | None:
    """What the event asks for; None: nothing outside of the log."""
    make = _EFFECTS.get(type(event))
    return make(event) if make is not None else None
