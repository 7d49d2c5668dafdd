"""Refunds: in full, in part, never more than was paid."""

import pytest
import stripe

from storefold.stack.stripe.testing import plain


@pytest.fixture
def paid(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )


def charge_of(client: stripe.StripeClient, paid: stripe.PaymentIntent) -> stripe.Charge:
    assert isinstance(paid.latest_charge, str)
    return client.v1.charges.retrieve(paid.latest_charge)


def test_a_full_refund(client: stripe.StripeClient, paid: stripe.PaymentIntent) -> None:
    refund = client.v1.refunds.create(
        {
            "payment_intent": paid.id,
            "reason": "requested_by_customer",
            "metadata": {"order_id": "7"},
        }
    )
    assert (refund.amount, refund.status) == (2000, "succeeded")
    assert (refund.payment_intent, refund.charge) == (paid.id, paid.latest_charge)
    assert plain(refund.metadata) == {"order_id": "7"}
    charge = charge_of(client, paid)
    assert (charge.amount_refunded, charge.refunded) == (2000, True)
    # A refund leaves the intent as it is.
    assert client.v1.payment_intents.retrieve(paid.id).status == "succeeded"


def test_partial_refunds_add_up(client: stripe.StripeClient, paid: stripe.PaymentIntent) -> None:
    first = client.v1.refunds.create({"payment_intent": paid.id, "amount": 500})
    charge = charge_of(client, paid)
    assert (charge.amount_refunded, charge.refunded) == (500, False)
    rest = client.v1.refunds.create({"charge": charge.id})
    assert rest.amount == 1500
    assert charge_of(client, paid).refunded
    listed = client.v1.refunds.list({"payment_intent": paid.id})
    assert [one.id for one in listed.data] == [rest.id, first.id]
    expanded = client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert expanded.refunds is not None
    assert len(expanded.refunds.data) == 2


def test_no_more_than_was_paid_goes_back(client: stripe.StripeClient, paid: stripe.PaymentIntent) -> None:
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 2001})
    assert too_much.value.http_status == 400
    assert (too_much.value.code, too_much.value.param) == ("amount_too_large", "amount")
    assert "greater than unrefunded amount" in str(too_much.value)

    client.v1.refunds.create({"payment_intent": paid.id, "amount": 1500})
    with pytest.raises(stripe.InvalidRequestError, match=r"\$5\.01"):
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 501})
    client.v1.refunds.create({"payment_intent": paid.id})
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert (again.value.http_status, again.value.code) == (
        400,
        "charge_already_refunded",
    )
    assert charge_of(client, paid).amount_refunded == 2000


def test_what_was_not_paid_is_not_refunded(client: stripe.StripeClient) -> None:
    unpaid = client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="successful charge to refund"):
        client.v1.refunds.create({"payment_intent": unpaid.id})
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(unpaid.id, {"payment_method": "pm_card_chargeDeclined"})
    with pytest.raises(stripe.InvalidRequestError, match="successful charge to refund"):
        client.v1.refunds.create({"payment_intent": unpaid.id})


def test_a_cancelled_hold_is_released(client: stripe.StripeClient) -> None:
    held = client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
            "confirm": True,
        }
    )
    assert client.v1.payment_intents.cancel(held.id).status == "canceled"
    assert charge_of(client, held).refunded


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "payment_intent or charge"),
        (
            {"charge": "ch_none", "payment_intent": "pi_none"},
            "payment_intent or charge",
        ),
        ({"charge": "ch_none"}, "No such charge"),
        ({"payment_intent": "pi_none", "amount": 0}, "greater than or equal to 1"),
        ({"payment_intent": "pi_none", "reason": "mood"}, "Invalid reason"),
        ({"payment_intent": "pi_none", "x": "y"}, "unknown parameter"),
    ],
)
def test_bad_refunds_are_refused(client: stripe.StripeClient, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message):
        client.v1.refunds.create(parameters)  # type: ignore[arg-type]
