"""Idempotency keys keep Stripe's promise: one effect, one answer."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from storefold.stack.stripe import control
from storefold.stack.stripe.testing import Standin

FORM = {"amount": "2000", "currency": "usd", "metadata[order_id]": "7"}


def post(
    standin: Standin,
    key: str | None,
    form: dict[str, str],
    path: str = "payment_intents",
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {control.KEY}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return control.send("POST", f"{standin.url}/v1/{path}", data=form, headers=headers, timeout=20)


def intents(standin: Standin) -> list[Any]:
    return standin.client().v1.payment_intents.list({"limit": 100}).data


def test_the_same_request_gets_the_same_answer(standin: Standin) -> None:
    first = post(standin, "key-1", FORM)
    again = post(standin, "key-1", dict(reversed(FORM.items())))
    assert (again.status_code, again.content) == (200, first.content)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert again.headers["Idempotency-Key"] == "key-1"
    assert len(intents(standin)) == 1
    log = control.calls(standin.url, idempotency_key="key-1")
    assert [(one["executed"], one["replayed"]) for one in log] == [
        (True, False),
        (False, True),
    ]


def test_without_a_key_or_with_another_there_are_two(standin: Standin) -> None:
    for key in (None, None, "key-1", "key-2"):
        assert post(standin, key, FORM).status_code == 200
    assert len(intents(standin)) == 4


def test_other_parameters_are_refused(standin: Standin, client: stripe.StripeClient) -> None:
    post(standin, "key-1", FORM)
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.payment_intents.create({"amount": 2001, "currency": "usd"}, {"idempotency_key": "key-1"})
    elsewhere = post(standin, "key-1", FORM, "refunds")
    assert elsewhere.status_code == 400
    assert elsewhere.json()["error"]["type"] == "idempotency_error"
    assert len(intents(standin)) == 1


def test_a_concurrent_request_conflicts(standin: Standin) -> None:
    control.order_fault(standin.url, "hang", match="POST /v1/payment_intents", seconds=0.5)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: post(standin, "key-1", FORM), range(5)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409, 409]
    [conflict, *_] = [one for one in answers if one.status_code == 409]
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"
    # A conflict is not kept: the answer is there once the first has ended.
    assert post(standin, "key-1", FORM).headers["Idempotent-Replayed"] == "true"
    assert len(intents(standin)) == 1


def test_a_decline_is_replayed(standin: Standin, client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            client.v1.payment_intents.confirm(
                intent.id,
                {"payment_method": "pm_card_chargeDeclined"},
                {"idempotency_key": "confirm-1"},
            )
        assert refused.value.code == "card_declined"
    charges = client.v1.charges.list({"payment_intent": intent.id}).data
    assert len(charges) == 1


def test_a_server_error_is_replayed(standin: Standin) -> None:
    control.order_fault(standin.url, "fail", match="POST /v1/payment_intents")
    first = post(standin, "key-1", FORM)
    again = post(standin, "key-1", FORM)
    assert first.status_code == again.status_code == 500
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Stripe-Should-Retry"] == "false"
    assert intents(standin) == []
    assert post(standin, "key-2", FORM).status_code == 200


def test_failed_validation_is_not_kept(standin: Standin) -> None:
    assert post(standin, "key-1", {"currency": "usd"}).status_code == 400
    assert post(standin, "key-1", FORM).status_code == 200


def test_a_refund_is_made_once(client: stripe.StripeClient) -> None:
    paid = client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    first, again = (
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 500}, {"idempotency_key": "refund-1"})
        for _ in range(2)
    )
    assert first.id == again.id
    assert len(client.v1.refunds.list({"payment_intent": paid.id}).data) == 1


def test_keys_mean_nothing_on_reads(standin: Standin) -> None:
    [intent_id] = [post(standin, "key-1", FORM).json()["id"]]
    headers = {"Authorization": f"Bearer {control.KEY}", "Idempotency-Key": "key-1"}
    answer = control.send("GET", f"{standin.url}/v1/payment_intents/{intent_id}", headers=headers)
    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer.headers


def test_a_key_has_at_most_255_characters(standin: Standin) -> None:
    assert post(standin, "k" * 255, FORM).status_code == 200
    assert post(standin, "k" * 256, FORM).status_code == 400
