"""What events ask of the world outside."""

import msgspec
import pytest

from write_side.account.events import (
    AccountErased,
    AccountImported,
    AccountRegistered,
    EmailChanged,
    EmailVerified,
    LoginLinkRequested,
    PasswordResetRequested,
    ProfilePictureRemoved,
)
from write_side.catalog.product.events import ImageRemoved
from write_side.messages import EVENT_TYPES, Event, Metadata
from write_side.order.events import OrderCancelled, OrderDelivered, OrderPaid, OrderReturned, OrderShipped
from write_side.payment.events import (
    PaymentIntentCreated,
    PaymentRequested,
    PaymentSucceeded,
    RefundRequested,
    RefundSucceeded,
)
from write_side.processes.effects import LOADERS, TOPICS, Effect, Kind, effect_of
from write_side.stock.events import StockFellLow, StockReserved
from write_side.values import Sealed

META = Metadata(at="2026-01-02T03:04:05.000006Z")
REGISTERED = AccountRegistered(
    person_id=3, email=Sealed("e"), email_hash="h", first_name=Sealed("f"), last_name=Sealed("l")
)
LOW = StockFellLow(product_id=5, available=2, threshold=10)


@pytest.mark.parametrize(
    ("event", "effect"),
    [
        (PaymentRequested(order_id=7, person_id=1, amount=2000, attempt=3), Effect(Kind.CREATE_INTENT, 7, 3)),
        (RefundRequested(order_id=7, intent_id="pi", amount=500, number=2), Effect(Kind.REFUND, 7, 2)),
        (REGISTERED, Effect(Kind.MAIL_VERIFICATION, 3, 41)),
        (EmailChanged(person_id=3, email=Sealed("e"), email_hash="h"), Effect(Kind.MAIL_VERIFICATION, 3, 41)),
        (PasswordResetRequested(person_id=3, number=2), Effect(Kind.MAIL_PASSWORD_RESET, 3, 41)),
        (LoginLinkRequested(person_id=3), Effect(Kind.MAIL_LOGIN_LINK, 3, 41)),
        (OrderPaid(order_id=7, amount=2000), Effect(Kind.MAIL_PAYMENT, 7, 41)),
        (OrderCancelled(order_id=7), Effect(Kind.MAIL_CANCELLATION, 7, 41)),
        (OrderShipped(order_id=7, tracking_number="T"), Effect(Kind.MAIL_SHIPPING, 7, 41)),
        (OrderDelivered(order_id=7), Effect(Kind.MAIL_DELIVERY, 7, 41)),
        (AccountErased(person_id=3), Effect(Kind.ERASE_PERSON, 3)),
        (LOW, Effect(Kind.ALERT_LOW_STOCK, 5, 41)),
        (ImageRemoved(product_id=5, image_id=6, key="products/1/k.png"), Effect(Kind.DELETE_PICTURE, 5, 41)),
        (ProfilePictureRemoved(person_id=3, key="people/3/k.png"), Effect(Kind.DELETE_PICTURE, 3, 41)),
    ],
)
def test_what_is_to_be_done_at_once(event: Event, effect: Effect) -> None:
    assert effect_of(event, 41, META) == effect
    assert effect.after == 0
    assert event.TOPIC in TOPICS


def test_who_is_taken_in_without_confirmation_gets_no_mail_about_it() -> None:
    unasked = EmailChanged(person_id=3, email=Sealed("e"), email_hash="h", confirm=False)
    assert effect_of(unasked, 41, META) is None
    assert effect_of(msgspec.structs.replace(REGISTERED, confirm=False), 41, META) is None


def test_an_intent_is_looked_after_when_its_news_should_have_come() -> None:
    effect = effect_of(PaymentIntentCreated(order_id=7, intent_id="pi"), 41, META)
    assert effect is not None
    assert (effect.kind, effect.subject) == (Kind.CHECK_INTENT, 7)
    assert effect.after > 0


@pytest.mark.parametrize(
    "event",
    [
        PaymentSucceeded(order_id=7, intent_id="pi", amount=2000),
        RefundSucceeded(order_id=7, amount=500, refund_id="re"),
        OrderReturned(order_id=7, restocked=True),
        EmailVerified(person_id=3),
        StockReserved(product_id=5, order_id=7, quantity=1),
        AccountImported(person_id=3, source="shop", reference="17850"),
    ],
)
def test_what_has_happened_asks_for_nothing_more(event: Event) -> None:
    assert effect_of(event, 41, META) is None
    assert event.TOPIC not in TOPICS


@pytest.mark.parametrize("service", sorted(LOADERS))
def test_what_is_loaded_is_no_news_but_its_money_moves(service: str) -> None:
    loaded = Metadata(at=META.at, service=service)
    assert effect_of(REGISTERED, 41, loaded) is None
    assert effect_of(LOW, 41, loaded) is None
    assert effect_of(RefundRequested(order_id=7, intent_id="pi", amount=500, number=2), 41, loaded) is not None
    assert effect_of(LOW, 41, Metadata(at=META.at, service="worker")) is not None


def test_an_effect_has_one_name_whoever_meets_its_event_and_however_often() -> None:
    first, again = (
        effect_of(PaymentRequested(order_id=7, person_id=1, amount=2000, attempt=attempt), 41, META)
        for attempt in (1, 1)
    )
    other = effect_of(PaymentRequested(order_id=7, person_id=1, amount=2000, attempt=2), 42, META)
    assert first is not None and again is not None and other is not None
    assert first.id == again.id == "create-intent-7-1"
    assert other.id != first.id


def test_two_parcels_of_one_order_are_two_mails() -> None:
    parcels = [effect_of(OrderShipped(order_id=7, tracking_number="T"), at, META) for at in (41, 42)]
    assert [parcel.id for parcel in parcels if parcel is not None] == ["mail-shipping-7-41", "mail-shipping-7-42"]


def test_a_picture_that_lies_elsewhere_is_not_ours_to_delete() -> None:
    assert effect_of(ImageRemoved(product_id=5, image_id=6), 41, META) is None


def test_every_kind_is_a_mail_a_picture_an_erasure_or_stripe_s() -> None:
    stripes = {Kind.CREATE_INTENT, Kind.REFUND, Kind.CHECK_INTENT}
    rest = {kind for kind in Kind if not kind.is_mail and not kind.is_picture}
    assert rest == {*stripes, Kind.ERASE_PERSON}
    assert not any(kind.is_mail and kind.is_picture for kind in Kind)


def test_every_topic_is_an_event() -> None:
    assert set(TOPICS) <= set(EVENT_TYPES)
