"""What events ask of the world outside."""

import pytest

from write_side.messages import EVENT_TYPES, Event
from write_side.order.events import OrderCancelled, OrderPaid
from write_side.payment.events import (
    PaymentIntentCreated,
    PaymentRequested,
    PaymentSucceeded,
    RefundRequested,
    RefundSucceeded,
)
from write_side.processes.effects import TOPICS, Effect, Kind, effect_of


@pytest.mark.parametrize(
    ("event", "effect"),
    [
        (PaymentRequested(order_id=7, person_id=1, amount=2000, attempt=3), Effect(Kind.CREATE_INTENT, 7, 3)),
        (RefundRequested(order_id=7, intent_id="pi", amount=500, number=2), Effect(Kind.REFUND, 7, 2)),
    ],
)
def test_what_is_to_be_done_at_once(event: Event, effect: Effect) -> None:
    assert effect_of(event) == effect
    assert effect.after == 0
    assert event.TOPIC in TOPICS


def test_an_intent_is_looked_after_when_its_news_should_have_come() -> None:
    effect = effect_of(PaymentIntentCreated(order_id=7, intent_id="pi"))
    assert effect is not None
    assert (effect.kind, effect.order_id) == (Kind.CHECK_INTENT, 7)
    assert effect.after > 0


@pytest.mark.parametrize(
    "event",
    [
        PaymentSucceeded(order_id=7, intent_id="pi", amount=2000),
        RefundSucceeded(order_id=7, amount=500, refund_id="re"),
        OrderPaid(order_id=7, amount=2000),
        OrderCancelled(order_id=7),
    ],
)
def test_what_has_happened_asks_for_nothing_more(event: Event) -> None:
    assert effect_of(event) is None
    assert event.TOPIC not in TOPICS


def test_an_effect_has_one_name_whoever_meets_its_event_and_however_often() -> None:
    first, again = (
        effect_of(PaymentRequested(order_id=7, person_id=1, amount=2000, attempt=attempt)) for attempt in (1, 1)
    )
    other = effect_of(PaymentRequested(order_id=7, person_id=1, amount=2000, attempt=2))
    assert first is not None and again is not None and other is not None
    assert first.id == again.id == "create-intent-7-1"
    assert other.id != first.id


def test_every_topic_is_an_event() -> None:
    assert set(TOPICS) <= set(EVENT_TYPES)
