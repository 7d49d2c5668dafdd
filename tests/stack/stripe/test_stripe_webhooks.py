"""Webhooks: signed, complete, tried again, repeated and shuffled on demand."""

import time
from collections import Counter

import httpx
import pytest
import stripe

from storefold.stack.stripe import control
from storefold.stack.stripe.signing import signature
from storefold.stack.stripe.testing import Receiver, Standin, plain

SECRET = "whsec_test"


@pytest.fixture(autouse=True)
def subscribed(standin: Standin, receiver: Receiver) -> None:
    control.subscribe(standin.url, receiver.url, SECRET)


def pay(client: stripe.StripeClient, **more: object) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            **more,  # type: ignore[typeddict-item]
        },
        {"idempotency_key": f"pay-{time.monotonic_ns()}"},
    )


def received(standin: Standin, receiver: Receiver) -> list[stripe.Event]:
    control.wait_until_delivered(standin.url)
    return [one.event(SECRET) for one in receiver.received]


def test_a_payment_is_told_as_stripe_tells_it(
    standin: Standin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    paid = pay(client, metadata={"order_id": "7"})
    events = {one.type: one for one in received(standin, receiver)}
    assert set(events) == {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    }
    event = events["payment_intent.succeeded"]
    assert event.id.startswith("evt_")
    assert (event.object, event.livemode, event.pending_webhooks) == ("event", False, 1)
    assert event.api_version == "2026-10-28.endive"
    assert abs(event.created - time.time()) < 10
    assert event.request is not None
    assert event.request.id is not None
    assert event.request.id.startswith("req_")
    assert (event.request.idempotency_key or "").startswith("pay-")
    told = event.data.object
    assert (told["id"], told["object"]) == (paid.id, "payment_intent")
    assert (told["status"], told["amount_received"]) == ("succeeded", 2000)
    assert plain(told["metadata"]) == {"order_id": "7"}
    assert told["latest_charge"] == paid.latest_charge
    kept = client.v1.events.retrieve(event.id)
    assert kept.data.object["id"] == paid.id
    assert kept.pending_webhooks == 0


def test_a_decline_is_told(standin: Standin, client: stripe.StripeClient, receiver: Receiver) -> None:
    with pytest.raises(stripe.CardError):
        pay(client, payment_method="pm_card_chargeDeclined")
    events = {one.type: one for one in received(standin, receiver)}
    told = events["payment_intent.payment_failed"].data.object
    assert told["status"] == "requires_payment_method"
    assert told["last_payment_error"]["decline_code"] == "generic_decline"
    assert events["charge.failed"].data.object["failure_code"] == "card_declined"
    assert "payment_intent.succeeded" not in events


def test_refunds_are_told_with_the_charge(standin: Standin, client: stripe.StripeClient, receiver: Receiver) -> None:
    paid = pay(client, metadata={"order_id": "7"})
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 500})
    client.v1.refunds.create({"payment_intent": paid.id})
    events = received(standin, receiver)
    told = [one for one in events if one.type == "charge.refunded"]
    charges = sorted((one.data.object for one in told), key=lambda c: c["amount_refunded"])
    assert [(one["object"], one["amount"], one["amount_refunded"], one["refunded"]) for one in charges] == [
        ("charge", 2000, 500, False),
        ("charge", 2000, 2000, True),
    ]
    assert {one["payment_intent"] for one in charges} == {paid.id}
    assert {one["id"] for one in charges} == {paid.latest_charge}
    assert plain(charges[0]["metadata"]) == {"order_id": "7"}
    assert all(one.data.previous_attributes is not None for one in told)
    assert Counter(one.type for one in events)["refund.created"] == 2


def test_the_signature_covers_moment_and_body(
    standin: Standin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    pay(client)
    control.wait_until_delivered(standin.url)
    one = receiver.received[0]
    assert one.event(SECRET).id
    moment = int(one.signature.split(",")[0].removeprefix("t="))
    assert one.signature == signature(SECRET, one.body, moment)
    for body, header, secret in (
        (one.body + b" ", one.signature, SECRET),
        (one.body, one.signature.replace("t=", "t=1"), SECRET),
        (one.body, one.signature, "whsec_other"),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, header, secret)


def test_event_ids_are_unique(standin: Standin, client: stripe.StripeClient, receiver: Receiver) -> None:
    for _ in range(10):
        pay(client)
    ids = [one.id for one in received(standin, receiver)]
    assert len(ids) == len(set(ids)) == 30


def test_a_replayed_request_tells_nothing_again(
    standin: Standin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    for _ in range(2):
        client.v1.payment_intents.create({"amount": 2000, "currency": "usd"}, {"idempotency_key": "once"})
    assert [one.type for one in received(standin, receiver)] == ["payment_intent.created"]


def test_a_refused_delivery_is_tried_again(standin: Standin, client: stripe.StripeClient, receiver: Receiver) -> None:
    receiver.answers.extend([500, 404])
    client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    control.wait_until_delivered(standin.url)
    assert [one.status for one in receiver.received] == [500, 404, 200]
    assert len({one.event(SECRET).id for one in receiver.received}) == 1
    [delivery] = control.deliveries(standin.url)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)


def test_an_unreachable_endpoint_gets_it_later(
    standin: Standin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    control.subscribe(standin.url, "http://127.0.0.1:1/nobody", SECRET)
    client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    while control.deliveries(standin.url)[0]["attempts"] == 0:
        time.sleep(0.01)
    control.subscribe(standin.url, receiver.url, SECRET)
    assert len(received(standin, receiver)) == 1


def test_answers_do_not_wait_for_deliveries(standin: Standin, client: stripe.StripeClient) -> None:
    with Receiver(delay=0.4) as slow:
        control.subscribe(standin.url, slow.url, SECRET)
        began = time.monotonic()
        for _ in range(5):
            pay(client)
        assert time.monotonic() - began < 1.5  # one after the other: 6 s
        slow.wait_for(lambda seen: len(seen) == 15)


def test_an_endpoint_gets_the_types_it_asked_for(
    standin: Standin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    control.subscribe(standin.url, receiver.url, SECRET, events=["payment_intent.succeeded"])
    pay(client)
    assert [one.type for one in received(standin, receiver)] == ["payment_intent.succeeded"]


def test_every_endpoint_gets_it_under_its_own_secret(
    standin: Standin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    with Receiver() as other:
        control.subscribe(standin.url, other.url, "whsec_2", endpoint="second")
        client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
        [first] = received(standin, receiver)
        assert other.received[0].event("whsec_2").id == first.id
        assert first.pending_webhooks >= 1
        control.unsubscribe(standin.url, "second")
        client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
        assert len(received(standin, receiver)) == 2
        assert len(other.received) == 1


def test_deliveries_can_be_held_back(standin: Standin, client: stripe.StripeClient, receiver: Receiver) -> None:
    control.pause(standin.url)
    pay(client)
    assert {one["state"] for one in control.deliveries(standin.url)} == {"pending"}
    assert receiver.received == []
    control.resume(standin.url)
    assert len(received(standin, receiver)) == 3


def test_events_can_be_repeated(standin: Standin, client: stripe.StripeClient, receiver: Receiver) -> None:
    pay(client)
    control.wait_until_delivered(standin.url)
    receiver.received.clear()
    sent = control.redeliver(standin.url, times=4, shuffle=True)
    assert Counter(one["status"] for one in sent) == {200: 12}
    counted = Counter(one.event(SECRET).type for one in receiver.received)
    assert set(counted.values()) == {4}
    receiver.received.clear()
    [event_id] = {one["event"] for one in sent if one["event"] == sent[0]["event"]}
    control.redeliver(standin.url, event_id, times=5, parallel=True)
    assert [one.event(SECRET).id for one in receiver.received] == [event_id] * 5


def test_held_events_can_be_sent_in_any_order(
    standin: Standin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    control.pause(standin.url)
    paid = pay(client)
    client.v1.refunds.create({"payment_intent": paid.id})
    ids = {one["type"]: one["event"] for one in control.deliveries(standin.url)}
    order = ["charge.refunded", "payment_intent.succeeded"]
    control.redeliver(standin.url, [ids[one] for one in order])
    assert [one.event(SECRET).type for one in receiver.received] == order
    control.resume(standin.url)
    # What arrived by hand is not sent once more.
    assert len(received(standin, receiver)) == 5


def test_an_unknown_event_cannot_be_sent(standin: Standin) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        control.redeliver(standin.url, "evt_none")


def test_an_endpoint_needs_an_address_and_a_secret(standin: Standin) -> None:
    for url, secret in (("nonsense", SECRET), ("http://127.0.0.1:1", "")):
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            control.subscribe(standin.url, url, secret)
