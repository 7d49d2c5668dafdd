"""Payment intents through the official SDK: every status, every refusal."""

import pytest
import stripe

from storefold.stack.stripe import control
from storefold.stack.stripe.testing import Standin, new_intent, plain


def test_an_intent_waits_for_a_payment_method(client: stripe.StripeClient) -> None:
    made = client.v1.payment_intents.create(
        {
            "amount": 1999,
            "currency": "USD",
            "metadata": {"order_id": "7", "customer_email": "a@b.test"},
            "automatic_payment_methods": {"enabled": True},
            "description": "Order 7",
            "receipt_email": "a@b.test",
        }
    )
    intent = client.v1.payment_intents.retrieve(made.id)
    assert intent.id.startswith("pi_")
    assert intent.client_secret is not None
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert (intent.amount, intent.currency) == (1999, "usd")
    assert plain(intent.metadata) == {"order_id": "7", "customer_email": "a@b.test"}
    assert intent.status == "requires_payment_method"
    assert intent.latest_charge is None
    assert intent.last_payment_error is None


def test_confirming_pays(client: stripe.StripeClient) -> None:
    made = new_intent(client, metadata={"order_id": "7"})
    paid = client.v1.payment_intents.confirm(
        made.id,
        {"payment_method": "pm_card_visa", "return_url": "https://shop.test/done"},
    )
    assert paid.status == "succeeded"
    assert paid.amount_received == 2000
    assert isinstance(paid.latest_charge, str)
    charge = client.v1.charges.retrieve(paid.latest_charge)
    assert (charge.amount, charge.paid, charge.captured) == (2000, True, True)
    assert charge.payment_intent == made.id
    assert plain(charge.metadata) == {"order_id": "7"}
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.last4 == "4242"


def test_confirm_at_creation_pays(client: stripe.StripeClient) -> None:
    intent = new_intent(client, payment_method="pm_card_visa", confirm=True)
    assert intent.status == "succeeded"


def test_related_objects_are_expanded_when_asked(client: stripe.StripeClient) -> None:
    made = new_intent(client, payment_method="pm_card_visa", confirm=True)
    intent = client.v1.payment_intents.retrieve(
        made.id, {"expand": ["latest_charge.balance_transaction", "payment_method"]}
    )
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert isinstance(intent.latest_charge.balance_transaction, stripe.BalanceTransaction)
    assert isinstance(intent.payment_method, stripe.PaymentMethod)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.payment_intents.retrieve(made.id, {"expand": ["nonsense"]})


def test_a_declined_buyer_may_try_again(standin: Standin, client: stripe.StripeClient) -> None:
    made = new_intent(client)
    declined = control.confirm(standin.url, made.id, "pm_card_chargeDeclined")
    assert declined["status"] == "requires_payment_method"
    intent = client.v1.payment_intents.retrieve(made.id)
    assert intent.status == "requires_payment_method"
    assert intent.payment_method is None
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "card_declined"
    assert intent.last_payment_error.payment_method is not None
    assert isinstance(intent.latest_charge, str)
    assert client.v1.charges.retrieve(intent.latest_charge).status == "failed"

    paid = client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"
    assert paid.last_payment_error is None
    assert paid.latest_charge != intent.latest_charge


def test_manual_capture_takes_what_is_asked(client: stripe.StripeClient) -> None:
    held = new_intent(client, payment_method="pm_card_visa", confirm=True, capture_method="manual")
    assert (held.status, held.amount_capturable) == ("requires_capture", 2000)
    with pytest.raises(stripe.InvalidRequestError, match="greater than the authorized"):
        client.v1.payment_intents.capture(held.id, {"amount_to_capture": 2001})
    taken = client.v1.payment_intents.capture(held.id, {"amount_to_capture": 1500})
    assert (taken.status, taken.amount_received) == ("succeeded", 1500)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.capture(held.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_cancelling_ends_an_intent(client: stripe.StripeClient) -> None:
    made = new_intent(client)
    ended = client.v1.payment_intents.cancel(made.id, {"cancellation_reason": "abandoned"})
    assert (ended.status, ended.cancellation_reason) == ("canceled", "abandoned")
    intents = client.v1.payment_intents
    with pytest.raises(stripe.InvalidRequestError) as cancelled:
        intents.cancel(made.id)
    with pytest.raises(stripe.InvalidRequestError) as confirmed:
        intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError) as changed:
        intents.update(made.id, {"amount": 100})
    codes = {refused.value.code for refused in (cancelled, confirmed, changed)}
    assert codes == {"payment_intent_unexpected_state"}


def test_a_paid_intent_cannot_be_paid_or_cancelled_again(
    client: stripe.StripeClient,
) -> None:
    paid = new_intent(client, payment_method="pm_card_visa", confirm=True)
    with pytest.raises(stripe.InvalidRequestError, match="already succeeded"):
        client.v1.payment_intents.confirm(paid.id, {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError, match="You cannot cancel"):
        client.v1.payment_intents.cancel(paid.id)
    assert len(client.v1.charges.list({"payment_intent": paid.id}).data) == 1


def test_updating_merges_metadata(client: stripe.StripeClient) -> None:
    made = new_intent(client, metadata={"a": "1", "b": "2"})
    changed = client.v1.payment_intents.update(made.id, {"amount": 2500, "metadata": {"b": "", "c": "3"}})
    assert changed.amount == 2500
    assert plain(changed.metadata) == {"a": "1", "c": "3"}


@pytest.mark.parametrize(
    ("parameters", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": 100}, "parameter_missing", "currency"),
        ({"amount": "x", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0, "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 49, "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": 10**8, "currency": "usd"}, "amount_too_large", "amount"),
        ({"amount": 100, "currency": "usd", "x": 1}, "parameter_unknown", "x"),
        (
            {"amount": 100, "currency": "usd", "customer": "cus_none"},
            "resource_missing",
            "id",
        ),
    ],
)
def test_bad_parameters_are_named(
    client: stripe.StripeClient, parameters: dict[str, object], code: str, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(parameters)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.param) == (code, param)


def test_a_method_is_needed_to_confirm(client: stripe.StripeClient) -> None:
    made = new_intent(client)
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.payment_intents.confirm(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="payment_method"):
        new_intent(client, confirm=True)
    assert len(client.v1.payment_intents.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_method"):
        client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_none"})


@pytest.mark.parametrize("body", ["amount=1&amount[a]=2", "[1]", "amount=100&currency=usd&metadata=x"])
def test_bodies_that_make_no_sense_are_refused(standin: Standin, body: str) -> None:
    headers = {
        "Authorization": f"Bearer {control.KEY}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    address = f"{standin.url}/v1/payment_intents"
    answer = control.send("POST", address, content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert standin.client().v1.payment_intents.list().data == []


def test_unknown_ids_and_addresses_are_404(standin: Standin, client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.retrieve("pi_none")
    assert refused.value.http_status == 404
    assert refused.value.code == "resource_missing"
    headers = {"Authorization": f"Bearer {control.KEY}"}
    answer = control.send("GET", f"{standin.url}/v1/nonsense", headers=headers)
    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


def test_a_key_is_needed(standin: Standin) -> None:
    client = stripe.StripeClient("nonsense", base_addresses={"api": standin.url})
    with pytest.raises(stripe.AuthenticationError):
        client.v1.payment_intents.retrieve("pi_none")


def test_a_browser_confirms_with_the_client_secret(standin: Standin, client: stripe.StripeClient) -> None:
    made = new_intent(client)
    address = f"{standin.url}/v1/payment_intents/{made.id}/confirm"
    form = {"key": "pk_test_x", "payment_method": "pm_card_visa"}
    stranger = control.send("POST", address, data={**form, "client_secret": "guess"})
    assert stranger.status_code == 401
    buyer = control.send("POST", address, data={**form, "client_secret": made.client_secret or ""})
    assert buyer.json()["status"] == "succeeded"
    listing = control.send("GET", f"{standin.url}/v1/charges", params={"key": "pk_test_x"})
    assert listing.status_code == 401


def test_lists_are_newest_first_and_paged(client: stripe.StripeClient) -> None:
    made = [new_intent(client).id for _ in range(5)]
    first = client.v1.payment_intents.list({"limit": 2})
    assert [one.id for one in first.data] == made[:-3:-1]
    assert first.has_more
    walked = [one.id for one in first.auto_paging_iter()]
    assert walked == made[::-1]
