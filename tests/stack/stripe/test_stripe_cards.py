"""Every kind of card that Stripe documents for testing pays or fails as documented."""

import json

import pytest
import stripe

from storefold.stack.stripe import control
from storefold.stack.stripe.testing import Standin, new_intent


@pytest.mark.parametrize(
    "name",
    ["pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_diners"],
)
def test_good_cards_pay(standin: Standin, client: stripe.StripeClient, name: str) -> None:
    intent = new_intent(client)
    assert control.confirm(standin.url, intent.id, name)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("name", "code", "decline_code"),
    [
        ("chargeDeclined", "card_declined", "generic_decline"),
        ("visa_chargeDeclined", "card_declined", "generic_decline"),
        ("chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("chargeDeclinedExpiredCard", "expired_card", None),
        ("chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("chargeDeclinedProcessingError", "processing_error", None),
        ("chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_documented_cards_are_declined(
    client: stripe.StripeClient, name: str, code: str, decline_code: str | None
) -> None:
    made = new_intent(client)
    with pytest.raises(stripe.CardError) as refused:
        client.v1.payment_intents.confirm(made.id, {"payment_method": f"pm_card_{name}"})
    assert refused.value.http_status == 402
    assert refused.value.code == code
    error = json.loads(str(refused.value.http_body))["error"]
    assert error["type"] == "card_error"
    assert error.get("decline_code") == decline_code
    assert error["payment_intent"]["id"] == made.id


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "card_declined"),
        ("4242424242424241", "incorrect_number"),
    ],
)
def test_raw_card_numbers_are_declined(client: stripe.StripeClient, number: str, code: str) -> None:
    card = {"number": number, "exp_month": 12, "exp_year": 2035, "cvc": "123"}
    with pytest.raises(stripe.CardError) as refused:
        new_intent(
            client,
            confirm=True,
            payment_method_data={"type": "card", "card": card},
        )
    assert refused.value.code == code


def test_tokens_pay_and_decline(client: stripe.StripeClient) -> None:
    charge = client.v1.charges.create({"amount": 500, "currency": "usd", "source": "tok_visa"})
    assert charge.paid
    with pytest.raises(stripe.CardError, match="declined"):
        client.v1.charges.create({"amount": 500, "currency": "usd", "source": "tok_chargeDeclined"})
    method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    intent = new_intent(client, payment_method=method.id, confirm=True)
    assert intent.status == "succeeded"


def test_customers_keep_good_cards_only(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "a@b.test"})
    kept = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert kept.customer == customer.id
    listed = client.v1.payment_methods.list({"customer": customer.id, "type": "card"})
    assert [one.id for one in listed.data] == [kept.id]
    with pytest.raises(stripe.CardError, match="declined"):
        client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    intent = new_intent(client, customer=customer.id, payment_method=kept.id, confirm=True)
    assert (intent.status, intent.customer) == ("succeeded", customer.id)


@pytest.mark.parametrize("success", [True, False])
def test_3d_secure_asks_first(standin: Standin, client: stripe.StripeClient, success: bool) -> None:
    made = new_intent(client)
    asked = control.confirm(standin.url, made.id, "pm_card_authenticationRequired")
    assert asked["status"] == "requires_action"
    assert asked["next_action"]["type"] == "use_stripe_sdk"
    after = control.authenticate(standin.url, made.id, success=success)
    assert after["status"] == ("succeeded" if success else "requires_payment_method")
    assert (after["last_payment_error"] is None) == success
