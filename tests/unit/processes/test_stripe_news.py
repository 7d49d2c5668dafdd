"""Stripe's words and the commands that record them."""

from typing import Any

import pytest

from write_side.identifiers import to_uuid
from write_side.payment.commands import (
    RecordPaymentFailure,
    RecordPaymentIntent,
    RecordPaymentSuccess,
    RecordRefund,
)
from write_side.processes.stripe_news import command_for, metadata_for, outcome_of, refund_of

ORDER = 1001


def intent(**more: Any) -> dict[str, Any]:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "succeeded",
        "amount": 2000,
        "amount_received": 2000,
        "latest_charge": "ch_1",
        "metadata": metadata_for(ORDER),
        **more,
    }


def charge(**more: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "object": "charge",
        "amount": 2000,
        "amount_captured": 2000,
        "amount_refunded": 500,
        "payment_intent": "pi_1",
        "metadata": metadata_for(ORDER),
        **more,
    }


def event(kind: str, thing: dict[str, Any]) -> dict[str, Any]:
    return {"id": "evt_1", "type": kind, "data": {"object": thing}}


def test_a_payment() -> None:
    command = command_for(event("payment_intent.succeeded", intent()))
    assert command == RecordPaymentSuccess.model_validate(
        {"order_id": ORDER, "intent_id": "pi_1", "amount": "20.00", "charge_id": "ch_1", "event_id": "evt_1"}
    )


def test_a_payment_is_what_was_received() -> None:
    command = command_for(event("payment_intent.succeeded", intent(amount_received=1500)))
    assert isinstance(command, RecordPaymentSuccess)
    assert command.amount == 1500


def test_the_charge_may_be_expanded() -> None:
    command = command_for(event("payment_intent.succeeded", intent(latest_charge=charge())))
    assert isinstance(command, RecordPaymentSuccess)
    assert command.charge_id == "ch_1"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"code": "card_declined", "message": "Your card was declined."}, "Your card was declined."),
        ({"code": "card_declined"}, "card_declined"),
        (None, "The payment failed."),
    ],
)
def test_a_decline(error: dict[str, str] | None, reason: str) -> None:
    news = intent(status="requires_payment_method", last_payment_error=error)
    assert command_for(event("payment_intent.payment_failed", news)) == RecordPaymentFailure(
        order_id=ORDER, intent_id="pi_1", reason=reason, event_id="evt_1"
    )


def test_an_intent_that_was_made() -> None:
    news = intent(status="requires_payment_method")
    assert command_for(event("payment_intent.created", news)) == RecordPaymentIntent(order_id=ORDER, intent_id="pi_1")


def test_an_intent_that_somebody_else_made() -> None:
    assert command_for(event("payment_intent.created", intent(metadata={}))) is None


def test_a_refund_names_the_total_and_what_was_captured() -> None:
    command = command_for(event("charge.refunded", charge()))
    assert isinstance(command, RecordRefund)
    assert (command.refunded_total, command.captured, command.refund_id) == (500, 2000, "ch_1")
    assert (command.order_id, command.intent_id, command.number) == (ORDER, "pi_1", None)


def test_a_refund_by_its_own_id_where_stripe_says_it() -> None:
    command = refund_of(charge(refunds={"data": [{"id": "re_2"}, {"id": "re_1"}]}), number=2)
    assert isinstance(command, RecordRefund)
    assert (command.refund_id, command.number, command.event_id) == ("re_2", 2, None)


def test_lean_news_of_a_payment_is_about_all_of_it() -> None:
    news = {"type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1"}}}
    assert command_for(news) == RecordPaymentSuccess(intent_id="pi_1")
    lean = {"payment_intent": "pi_1"}
    assert command_for({"id": "evt_1", "type": "charge.refunded", "data": {"object": lean}}) == RecordRefund(
        intent_id="pi_1", refund_id="pi_1", event_id="evt_1"
    )


def test_a_released_authorisation_captured_nothing() -> None:
    command = command_for(event("charge.refunded", charge(amount_captured=0, amount_refunded=2000)))
    assert isinstance(command, RecordRefund)
    assert command.captured == 0


def test_a_charge_without_an_intent_is_none_of_ours() -> None:
    assert command_for(event("charge.refunded", charge(payment_intent=None))) is None


@pytest.mark.parametrize("kind", ["charge.succeeded", "customer.created", "payment_intent.canceled", "no.such"])
def test_other_news_is_no_news(kind: str) -> None:
    assert command_for(event(kind, intent())) is None


@pytest.mark.parametrize("spelling", [str(ORDER), str(to_uuid("order", ORDER)), ORDER])
def test_the_order_in_any_form_of_its_id(spelling: str | int) -> None:
    command = command_for(event("payment_intent.succeeded", intent(metadata={"order_id": spelling})))
    assert isinstance(command, RecordPaymentSuccess)
    assert command.order_id == ORDER


@pytest.mark.parametrize("metadata", [None, {}, {"order_id": "ORD-1"}, {"order_id": ""}])
def test_without_an_order_the_intent_has_to_tell(metadata: dict[str, str] | None) -> None:
    command = command_for(event("payment_intent.succeeded", intent(metadata=metadata)))
    assert isinstance(command, RecordPaymentSuccess)
    assert (command.order_id, command.intent_id) == (None, "pi_1")


@pytest.mark.parametrize("broken", [{}, {"type": "charge.refunded"}, {"type": "charge.refunded", "data": {}}])
def test_what_is_no_event_is_not_taken_for_silence(broken: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        command_for(broken)


def test_an_intent_that_was_asked_for() -> None:
    assert isinstance(outcome_of(intent()), RecordPaymentSuccess)


@pytest.mark.parametrize("status", ["requires_payment_method", "processing", "canceled"])
def test_an_intent_that_is_not_paid(status: str) -> None:
    assert outcome_of(intent(status=status)) is None
