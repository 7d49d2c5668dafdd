"""Faults on demand: what goes wrong, for whom, how often, and what it leaves behind."""

import time

import httpx
import pytest
import stripe

from storefold.stack.stripe import control
from storefold.stack.stripe.faults import Fault
from storefold.stack.stripe.testing import Standin

CREATE = "POST /v1/payment_intents"


def create(client: stripe.StripeClient, key: str) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create({"amount": 2000, "currency": "usd"}, {"idempotency_key": key})


def count(client: stripe.StripeClient) -> int:
    return len(client.v1.payment_intents.list({"limit": 100}).data)


@pytest.mark.parametrize("status", [500, 503])
def test_fail(standin: Standin, client: stripe.StripeClient, status: int) -> None:
    control.order_fault(standin.url, "fail", match=CREATE, status=status)
    with pytest.raises(stripe.APIError) as failed:
        create(client, "key-1")
    assert failed.value.http_status == status
    assert count(client) == 0
    create(client, "key-2")
    assert count(client) == 1


def test_fail_without_a_trace(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(standin.url, "fail", match=CREATE, status=503, save=False)
    with pytest.raises(stripe.APIError):
        create(client, "key-1")
    create(client, "key-1")
    assert count(client) == 1


def test_a_rate_limit_is_not_kept(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(standin.url, "fail", match=CREATE, status=429)
    with pytest.raises(stripe.RateLimitError):
        create(client, "key-1")
    assert create(client, "key-1").id


def test_drop_after_executes(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(standin.url, "drop_after", match=CREATE)
    with pytest.raises(stripe.APIConnectionError):
        create(client, "key-1")
    assert count(client) == 1
    found = create(client, "key-1")
    [only] = client.v1.payment_intents.list().data
    assert found.id == only.id
    lost, replayed = control.calls(standin.url, idempotency_key="key-1")
    assert (lost["status"], lost["executed"], lost["fault"]) == (
        None,
        True,
        "drop_after",
    )
    assert (replayed["status"], replayed["replayed"]) == (200, True)


def test_drop_before_does_not(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(standin.url, "drop_before", match=CREATE)
    with pytest.raises(stripe.APIConnectionError):
        create(client, "key-1")
    assert count(client) == 0
    create(client, "key-1")
    assert count(client) == 1


def test_the_sdk_s_own_retry_makes_one_intent(standin: Standin) -> None:
    control.order_fault(standin.url, "drop_after", match=CREATE, times=2)
    create(standin.client(retries=2), "key-1")
    log = control.calls(standin.url, idempotency_key="key-1")
    assert [one["executed"] for one in log] == [True, False, False]
    assert count(standin.client()) == 1


def test_hang_then_execute(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(standin.url, "hang", match=CREATE, seconds=0.6)
    headers = {"Authorization": f"Bearer {control.KEY}", "Idempotency-Key": "key-1"}
    form = {"amount": "2000", "currency": "usd"}
    with pytest.raises(httpx.ReadTimeout):
        control.send(
            "POST",
            f"{standin.url}/v1/payment_intents",
            data=form,
            headers=headers,
            timeout=0.2,
        )
    [hanging] = control.calls(standin.url, idempotency_key="key-1")
    assert (hanging["status"], hanging["fault"]) == (None, "hang")
    # Others are served meanwhile; the same key is in use; then the effect is there.
    assert count(client) == 0
    with pytest.raises(stripe.APIError) as conflict:
        create(client, "key-1")
    assert conflict.value.http_status == 409
    deadline = time.monotonic() + 5
    while count(client) == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert create(client, "key-1").id
    assert count(client) == 1


def test_decline_any_card(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(
        standin.url,
        "decline",
        match="POST /v1/payment_intents/*/confirm",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    )
    intent = create(client, "key-1")
    with pytest.raises(stripe.CardError, match="insufficient funds"):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    paid = control.confirm(standin.url, intent.id)
    assert paid["status"] == "succeeded"


def test_faults_befall_only_what_they_match(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(standin.url, "fail", match="POST /v1/refunds", times=0)
    intent = create(client, "key-1")
    control.confirm(standin.url, intent.id)
    for _ in range(3):
        with pytest.raises(stripe.APIError):
            client.v1.refunds.create({"payment_intent": intent.id})
    assert control.faults(standin.url)[0]["used"] == 3
    control.clear_faults(standin.url)
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 2000


def test_faults_can_skip_and_queue_up(standin: Standin, client: stripe.StripeClient) -> None:
    control.order_fault(standin.url, "fail", match=CREATE, skip=1, status=500)
    control.order_fault(standin.url, "fail", match=CREATE, skip=1, status=503)
    seen = []
    for key in ("a", "b", "c", "d"):
        try:
            create(client, key)
            seen.append(200)
        except stripe.APIError as failed:
            seen.append(failed.http_status or 0)
    assert seen == [200, 500, 503, 200]


@pytest.mark.parametrize(
    ("match", "method", "path", "fits"),
    [
        ("POST /v1/refunds", "POST", "/v1/refunds", True),
        ("POST /v1/refunds", "GET", "/v1/refunds", False),
        ("POST /v1/refunds", "POST", "/v1/refunds/re_1", False),
        ("* /v1/refunds/*", "GET", "/v1/refunds/re_1", True),
        ("* /v1/*", "GET", "/v1/refunds/re_1", False),
        ("* /v1/**", "GET", "/v1/refunds/re_1", True),
    ],
)
def test_matching(match: str, method: str, path: str, fits: bool) -> None:
    assert Fault("fail", match).fits(method, path) == fits


@pytest.mark.parametrize(
    "order",
    [
        {"action": "explode"},
        {"action": "fail", "match": "/v1/refunds"},
        {"action": "fail", "until": "noon"},
        "fail",
    ],
)
def test_nonsense_is_refused(standin: Standin, order: object) -> None:
    answer = control.send("POST", f"{standin.url}/_faults", json=order)
    assert answer.status_code == 400
    assert control.faults(standin.url) == []
