"""Payments: the intent, the buyer's confirmation and Stripe's webhook, with a real worker between."""

import json
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from support.product import Client, unique
from support.shopper import Shopper, refused

from storefold.settings import DEVELOPMENT_WEBHOOK_SECRET
from storefold.stack import Endpoints
from storefold.stack.stripe import control
from storefold.stack.stripe.signing import signature

Post = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def stripe(anyone: Client) -> str:
    """Where the stand-in listens."""
    return str(Endpoints.of(anyone.home).environ()["STOREFOLD_STRIPE_API_BASE"])


@pytest.fixture
def order(shopper: Shopper, goods: Client) -> dict[str, Any]:
    return shopper.order(goods.product(price="10.00"))


@pytest.fixture
def intent(shopper: Shopper, order: dict[str, Any]) -> str:
    answer = shopper.post("/payments/create-intent/", {"order_id": order["id"]})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["payment_intent_id"])


@pytest.fixture
def deliver(passer_by: Shopper) -> Post:
    """Delivers an event as Stripe does; `header` and `at` say otherwise."""

    def post(
        event: dict[str, Any], header: str = "Stripe-Signature", at: int | None = None, secret: str | None = None
    ) -> httpx.Response:
        body = json.dumps(event).encode()
        signed = signature(secret or DEVELOPMENT_WEBHOOK_SECRET, body, at)
        return passer_by.http.post("/payments/webhook/", content=body, headers={header: signed})

    return post


def event(kind: str, thing: dict[str, Any]) -> dict[str, Any]:
    return {"id": unique("evt"), "object": "event", "type": kind, "data": {"object": thing}}


def at_stripe(stripe: str, path: str) -> dict[str, Any]:
    answer = control.send("GET", f"{stripe}/v1/{path}", headers={"Authorization": f"Bearer {control.KEY}"})
    found: dict[str, Any] = answer.json()
    return found


def statuses(shopper: Shopper, order: dict[str, Any]) -> list[str]:
    history = shopper.get(f"/orders/{order['id']}/").json()["status_history"]
    return [change["status"] for change in history]


def payment(shopper: Shopper, order: dict[str, Any]) -> dict[str, Any]:
    """As the native surface shows it; this one shows none."""
    found = httpx.get(f"{shopper.url}/queries/payment/{order['id']}", headers=shopper.http.headers)
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


def test_an_intent_is_made_once_over_the_orders_total(shopper: Shopper, order: dict[str, Any], stripe: str) -> None:
    body = {"order_id": order["id"], "amount": "0.01"}
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: shopper.post("/payments/create-intent/", body), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    first = answers[0].json()
    assert set(first) == {"client_secret", "payment_intent_id"}
    assert all(answer.json() == first for answer in answers)
    assert shopper.post("/payments/create-intent/", body).json() == first
    made = at_stripe(stripe, f"payment_intents/{first['payment_intent_id']}")
    assert (made["amount"], made["currency"]) == (1600, "usd")
    assert made["metadata"] == {"order_id": order["id"], "customer_email": shopper.email}
    assert made["client_secret"] == first["client_secret"]


def test_an_intent_is_for_a_pending_order_of_ones_own(
    passer_by: Shopper, shopper: Shopper, order: dict[str, Any], admin: Client
) -> None:
    path, body = "/payments/create-intent/", {"order_id": order["id"]}
    refused(passer_by.newcomer().post(path, body), 404, "not_found", "Order not found")
    refused(admin.http.post(f"/api/v1{path}", json=body), 404, "not_found", "Order not found")
    refused(shopper.post(path, {"order_id": str(uuid.uuid4())}), 404, "not_found", "Order not found")
    for wrong in ({}, {"order_id": "x"}, {"order_id": None}):
        assert list(refused(shopper.post(path, wrong), 400, "validation_error")) == ["order_id"]
    shopper.post(f"/orders/{order['id']}/cancel/")
    refused(shopper.post(path, body), 400, "invalid_status", "Cannot pay for order in cancelled status")


def test_a_payment_is_confirmed_once_it_was_made(
    shopper: Shopper, order: dict[str, Any], intent: str, stripe: str
) -> None:
    body = {"order_id": order["id"], "payment_intent_id": intent}
    early = shopper.post("/payments/confirm/", body)
    assert early.status_code == 400
    assert early.json() == {"error": "Payment not completed", "status": "requires_payment_method"}
    assert statuses(shopper, order) == ["pending"]
    control.confirm(stripe, intent)
    for _ in range(2):
        answer = shopper.post("/payments/confirm/", body)
        assert answer.status_code == 200
        assert answer.json() == {"message": "Payment confirmed successfully", "order_id": order["id"]}
        assert statuses(shopper, order) == ["pending", "processing"]
    last = shopper.get(f"/orders/{order['id']}/").json()["status_history"][-1]
    assert last["note"] == "Payment confirmed. Order processing started."
    paid = payment(shopper, order)
    assert (paid["status"], paid["captured"]) == ("captured", "16.00")
    again = shopper.post("/payments/create-intent/", {"order_id": order["id"]})
    refused(again, 400, "invalid_status", "Cannot pay for order in processing status")


def test_a_declined_card_leaves_the_order_pending(
    shopper: Shopper, order: dict[str, Any], intent: str, stripe: str
) -> None:
    body = {"order_id": order["id"], "payment_intent_id": intent}
    control.confirm(stripe, intent, "pm_card_chargeDeclined")
    assert shopper.post("/payments/confirm/", body).json()["status"] == "requires_payment_method"
    control.confirm(stripe, intent)
    assert shopper.post("/payments/confirm/", body).status_code == 200


def test_a_confirmation_names_ones_own_order_and_its_intent(
    passer_by: Shopper, shopper: Shopper, order: dict[str, Any], intent: str, goods: Client
) -> None:
    body = {"order_id": order["id"], "payment_intent_id": intent}
    other = passer_by.newcomer()
    theirs = other.order(goods.product())
    refused(other.post("/payments/confirm/", body), 404, "not_found", "Order not found")
    refused(other.post("/payments/confirm/", body | {"order_id": theirs["id"]}), 404, "not_found")
    for wrong in ("pi_nothing", "../charges"):
        answer = shopper.post("/payments/confirm/", body | {"payment_intent_id": wrong})
        refused(answer, 404, "not_found", "Payment intent not found")
    refused(shopper.post("/payments/confirm/", body | {"order_id": str(uuid.uuid4())}), 404, "not_found")
    details = refused(shopper.post("/payments/confirm/", {}), 400, "validation_error")
    assert set(details) == {"order_id", "payment_intent_id"}


def test_news_takes_effect_once_however_often_it_comes(
    shopper: Shopper, order: dict[str, Any], intent: str, stripe: str, deliver: Post
) -> None:
    paid = control.confirm(stripe, intent)
    news = event("payment_intent.succeeded", paid)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: deliver(news), range(8)))
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"status": "success"})] * 8
    assert statuses(shopper, order) == ["pending", "processing"]
    assert payment(shopper, order)["captured"] == "16.00"
    body = {"order_id": order["id"], "payment_intent_id": intent}
    assert shopper.post("/payments/confirm/", body).status_code == 200
    assert statuses(shopper, order) == ["pending", "processing"]


def test_lean_news_counts_for_the_whole_payment_and_a_later_confirmation_is_harmless(
    shopper: Shopper, order: dict[str, Any], intent: str, deliver: Post
) -> None:
    body = {"order_id": order["id"], "payment_intent_id": intent}
    assert shopper.post("/payments/confirm/", body).status_code == 400
    assert deliver(event("payment_intent.succeeded", {"id": intent})).json() == {"status": "success"}
    assert statuses(shopper, order) == ["pending", "processing"]
    assert payment(shopper, order)["captured"] == "16.00"
    # Whatever Stripe says now: it has said that it has the money.
    confirmed = shopper.post("/payments/confirm/", body)
    assert (confirmed.status_code, confirmed.json()["order_id"]) == (200, order["id"])
    assert statuses(shopper, order) == ["pending", "processing"]
    assert deliver(event("charge.refunded", {"payment_intent": intent})).status_code == 200
    assert payment(shopper, order)["status"] == "refunded"
    for unknown in ({"id": "pi_unknown"}, {"id": "pi_unknown", "amount": 5}):
        assert deliver(event("payment_intent.succeeded", unknown)).json() == {"status": "success"}
    assert deliver(event("charge.refunded", {"payment_intent": "pi_unknown"})).json() == {"status": "success"}


def test_news_of_a_failure_leaves_the_order_payable(
    shopper: Shopper, order: dict[str, Any], intent: str, stripe: str, deliver: Post
) -> None:
    declined = control.confirm(stripe, intent, "pm_card_chargeDeclined")
    assert deliver(event("payment_intent.payment_failed", declined)).status_code == 200
    assert payment(shopper, order)["status"] == "failed"
    again = shopper.post("/payments/create-intent/", {"order_id": order["id"]})
    assert again.json()["payment_intent_id"] == intent
    deliver(event("payment_intent.succeeded", control.confirm(stripe, intent)))
    assert statuses(shopper, order) == ["pending", "processing"]
    # Old news after the new changes nothing.
    assert deliver(event("payment_intent.payment_failed", declined)).status_code == 200
    assert payment(shopper, order)["status"] == "captured"


def test_news_of_a_refund_concerns_the_payment_alone(
    shopper: Shopper, order: dict[str, Any], intent: str, stripe: str, deliver: Post
) -> None:
    paid = control.confirm(stripe, intent)
    deliver(event("payment_intent.succeeded", paid))
    charge = at_stripe(stripe, f"charges/{paid['latest_charge']}")
    refund = charge | {"amount_refunded": charge["amount"], "refunded": True}
    assert deliver(event("charge.refunded", refund)).status_code == 200
    assert payment(shopper, order)["status"] == "refunded"
    assert statuses(shopper, order) == ["pending", "processing"]


def test_money_for_a_cancelled_order_goes_back(
    shopper: Shopper, order: dict[str, Any], intent: str, stripe: str, deliver: Post
) -> None:
    assert shopper.post(f"/orders/{order['id']}/cancel/").status_code == 200
    assert deliver(event("payment_intent.succeeded", control.confirm(stripe, intent))).status_code == 200
    assert statuses(shopper, order) == ["pending", "cancelled"]
    assert payment(shopper, order)["captured"] == "16.00"
    late = shopper.post("/payments/confirm/", {"order_id": order["id"], "payment_intent_id": intent})
    refused(late, 400, "invalid_status", "Cannot pay for order in cancelled status")


def test_other_news_is_acknowledged(deliver: Post) -> None:
    stranger = {"id": "pi_of_somebody_else", "status": "succeeded", "amount": 100, "metadata": {}}
    for news in (
        event("customer.created", {"id": "cus_1"}),
        event("payment_intent.succeeded", stranger),
        event("payment_intent.succeeded", stranger | {"metadata": {"order_id": str(uuid.uuid4())}}),
        event("charge.refunded", {"id": "ch_1", "payment_intent": None, "amount_refunded": 5}),
    ):
        answer = deliver(news)
        assert (answer.status_code, answer.json()) == (200, {"status": "success"})


def test_either_name_of_the_header_is_good(deliver: Post) -> None:
    for header in ("Stripe-Signature", "X-Stripe-Signature"):
        assert deliver(event("customer.created", {}), header).status_code == 200


def test_what_stripe_did_not_sign_is_refused(
    passer_by: Shopper, shopper: Shopper, order: dict[str, Any], intent: str, stripe: str, deliver: Post
) -> None:
    forged = at_stripe(stripe, f"payment_intents/{intent}") | {"status": "succeeded", "amount_received": 1600}
    news = event("payment_intent.succeeded", forged)
    body = json.dumps(news).encode()
    stale = int(time.time()) - 301
    for answer in (
        deliver(news, secret="whsec_wrong"),
        deliver(news, at=stale),
        deliver(news, header="Signature"),
        passer_by.http.post("/payments/webhook/", content=body, headers={"Stripe-Signature": "t=x,v1="}),
        passer_by.http.post("/payments/webhook/", content=body, headers={"Stripe-Signature": "nonsense"}),
        passer_by.http.post(
            "/payments/webhook/",
            content=body + b" ",
            headers={"Stripe-Signature": signature(DEVELOPMENT_WEBHOOK_SECRET, body)},
        ),
        passer_by.http.post("/payments/webhook/", content=b"\xff\xfe", headers={"Stripe-Signature": "t=1,v1=ab"}),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.json()["code"] in ("invalid_signature", "invalid_payload")
    assert statuses(shopper, order) == ["pending"]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b"not json",
        b'{"type": [], "id": 1, "data": null}',
        b'{"type": "payment_intent.succeeded", "id": "evt_1", "data": {"object": null}}',
        b'{"type": "payment_intent.succeeded", "id": "evt_1", "data": {"object": "pi_1"}}',
        b'{"type": "payment_intent.succeeded", "id": "evt_1", "data": {"object": '
        b'{"id": "pi_1", "amount": 1, "metadata": "order"}}}',
        b'{"type": "payment_intent.payment_failed", "id": "evt_1", "data": {"object": '
        b'{"id": "pi_1", "last_payment_error": "declined"}}}',
        b'{"type": "charge.refunded", "id": "evt_1", "data": {"object": []}}',
    ],
)
def test_a_signed_event_that_cannot_be_read(passer_by: Shopper, body: bytes) -> None:
    headers = {"Stripe-Signature": signature(DEVELOPMENT_WEBHOOK_SECRET, body)}
    answer = passer_by.http.post("/payments/webhook/", content=body, headers=headers)
    refused(answer, 400, "invalid_payload")
