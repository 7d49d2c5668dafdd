"""The tasks against Stripe's promises: done once, whatever goes wrong and however often it is tried."""

import threading

import pytest
from till import CENTS, Till, eventually

from storefold.stack.stripe import control
from workers.payments import Payments
from write_side.identifiers import to_uuid
from write_side.processes.effects import Kind
from write_side.refusals import Unavailable

INTENTS = "POST /v1/payment_intents"
REFUNDS = "POST /v1/refunds"


@pytest.fixture
def ready(till: Till, payments: Payments) -> int:
    """An order whose intent can be paid."""
    order_id, wanted = till.asked()
    payments.carry_out(wanted)
    return order_id


@pytest.fixture
def paid(till: Till, payments: Payments, ready: int) -> int:
    """An order that was paid, as the webhook said."""
    till.confirm(ready)
    [news] = till.news("payment_intent.succeeded")
    till.deliver(news)
    return ready


def test_an_intent(till: Till, payments: Payments) -> None:
    order_id, wanted = till.asked()
    assert till.payment(order_id).pending
    payments.carry_out(wanted)
    [made] = till.intents()
    assert till.payment(order_id).intent_id == made["id"]
    assert (made["amount"], made["currency"]) == (CENTS, "usd")
    expected = {"order_id": str(to_uuid("order", order_id)), "customer_email": till.buyer.email}
    assert made["metadata"] == expected
    assert till.open_rows() == {}


def test_the_task_says_what_it_follows_from(till: Till, ready: int) -> None:
    with till.shop.write_side.log.connection() as conn:
        row = conn.execute(
            """SELECT meta ->> 'causation', meta ->> 'service' FROM history
            WHERE event = 'payment.intent-created'"""
        ).fetchone()
        cause = conn.execute("SELECT position FROM history WHERE event = 'payment.requested'").fetchone()
    assert cause is not None
    assert row == (str(cause[0]), "worker")


def test_a_task_that_comes_twice_calls_nobody(till: Till, payments: Payments, ready: int) -> None:
    before = till.happened(ready)
    payments.carry_out(till.opened()[0])
    assert till.happened(ready) == before
    assert len(till.calls()) == 1


def test_tasks_side_by_side_make_one_intent(till: Till, payments: Payments) -> None:
    order_id, wanted = till.asked()
    control.order_fault(till.url, "hang", INTENTS, seconds=0.3)
    together = [threading.Thread(target=payments.carry_out, args=(wanted,)) for _ in range(4)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert len(till.intents()) == 1
    assert till.happened(order_id) == ["PaymentRequested", "PaymentIntentCreated"]


def test_an_erased_buyer_is_not_named(till: Till, payments: Payments, monkeypatch: pytest.MonkeyPatch) -> None:
    _, wanted = till.asked()
    till.shop.write_side.vault.destroy(till.buyer.person_id)
    payments.carry_out(wanted)
    [made] = till.intents()
    assert set(made["metadata"]) == {"order_id"}


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "fail", "status": 500, "save": False},
        {"action": "fail", "status": 503, "save": False},
        {"action": "fail", "status": 429},
        {"action": "drop_before"},
        {"action": "drop_after"},
        {"action": "hang", "seconds": 1.6},
    ],
    ids=lambda fault: f"{fault['action']}-{fault.get('status', '')}",
)
def test_a_failure_of_stripes_is_tried_again_with_the_same_key(
    till: Till, payments: Payments, fault: dict[str, object]
) -> None:
    order_id, wanted = till.asked()
    control.order_fault(till.url, match=INTENTS, times=2, **fault)  # type: ignore[arg-type]
    payments.carry_out(wanted)
    assert till.payment(order_id).pending
    assert 0 < till.open_rows()[wanted.effect.id] < 1

    def made_at_last() -> bool:
        payments.carry_out(wanted)  # while a call that hung goes on, Stripe refuses a second one
        return not till.payment(order_id).pending

    eventually(made_at_last, "an intent")
    assert len({call["idempotency_key"] for call in till.calls()}) == 1
    [made] = till.intents()
    assert till.payment(order_id).intent_id == made["id"]
    assert till.open_rows() == {}


def test_a_failure_that_stripe_keeps_for_the_key_is_left_behind(till: Till, payments: Payments) -> None:
    """Stripe answers a key with its first answer, even if that was a 500."""
    order_id, wanted = till.asked()
    control.order_fault(till.url, "fail", INTENTS, status=500)
    payments.carry_out(wanted)
    assert till.payment(order_id).pending
    payments.carry_out(wanted)
    [made] = till.intents()
    assert till.payment(order_id).intent_id == made["id"]


def test_what_stripe_refuses_for_good_is_recorded(till: Till, payments: Payments) -> None:
    order_id, wanted = till.asked()
    control.order_fault(till.url, "fail", INTENTS, status=400)
    payments.carry_out(wanted)
    assert till.happened(order_id) == ["PaymentRequested", "PaymentIntentFailed"]
    assert not till.payment(order_id).pending
    assert till.open_rows() == {}


def test_after_a_refusal_the_next_request_is_a_new_attempt(till: Till, payments: Payments) -> None:
    order_id = till.order()
    till.request(order_id)
    [first] = till.write_down()
    control.order_fault(till.url, "fail", INTENTS, status=400)
    payments.carry_out(first)
    till.request(order_id)
    second = till.write_down()[-1]
    assert second.effect.number == 2
    payments.carry_out(first)
    assert till.payment(order_id).pending
    payments.carry_out(second)
    assert till.payment(order_id).intent_id is not None


def test_a_wrong_api_key_is_not_the_buyers_fault(till: Till, payments: Payments) -> None:
    order_id, wanted = till.asked()
    control.order_fault(till.url, "fail", INTENTS, status=401)
    payments.carry_out(wanted)
    assert till.payment(order_id).pending
    payments.carry_out(wanted)
    assert till.payment(order_id).intent_id is not None


def test_an_effect_stays_open_when_the_answer_cannot_be_recorded(
    till: Till, payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, wanted = till.asked()
    bus = till.shop.write_side.bus

    def away(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(bus, "execute", away)
        with pytest.raises(Unavailable):
            payments.carry_out(wanted)
    assert set(till.open_rows()) == {wanted.effect.id}
    payments.carry_out(wanted)
    [made] = till.intents()
    assert till.payment(order_id).intent_id == made["id"]


def test_a_payment_is_taken_once(till: Till, paid: int) -> None:
    assert till.of(paid).paid == CENTS == till.paid()
    assert till.happened(paid)[-1] == "PaymentSucceeded"


def test_a_decline_leaves_the_order_payable(till: Till, ready: int) -> None:
    till.confirm(ready, "pm_card_chargeDeclined")
    [declined] = till.news("payment_intent.payment_failed")
    till.deliver(declined)
    assert till.happened(ready)[-1] == "PaymentFailed"
    assert till.of(ready).status == "placed"
    till.confirm(ready)
    [paid] = till.news("payment_intent.succeeded")
    till.deliver(paid)
    assert till.of(ready).status == "paid"


def test_an_intent_whose_news_never_came_is_asked_for(till: Till, payments: Payments, ready: int) -> None:
    check = next(one for one in till.write_down() if one.effect.kind is Kind.CHECK_INTENT)
    payments.carry_out(check)
    assert till.of(ready).paid == 0
    assert till.open_rows()[check.effect.id] > 20
    till.confirm(ready)
    payments.carry_out(check)
    assert till.of(ready).paid == CENTS
    assert check.effect.id not in till.open_rows()


def test_nobody_is_asked_about_an_intent_that_is_paid(till: Till, payments: Payments, paid: int) -> None:
    check = next(one for one in till.write_down() if one.effect.kind is Kind.CHECK_INTENT)
    control.clear_calls(till.url)
    payments.carry_out(check)
    assert control.calls(till.url) == []
    assert check.effect.id not in till.open_rows()


def test_cancelling_after_the_payment_gives_all_of_it_back_once(till: Till, payments: Payments, paid: int) -> None:
    till.cancel(paid)
    refund = till.opened()[-1]
    assert refund.effect.kind is Kind.REFUND
    for _ in range(2):
        payments.carry_out(refund)
    assert till.paid() == 0
    order, payment = till.of(paid), till.payment(paid)
    assert (order.status, order.paid, order.refunded) == ("cancelled", CENTS, CENTS)
    assert (payment.refunded, payment.refunding, payment.left) == (CENTS, {}, 0)
    assert len(till.calls("/v1/refunds")) == 1


def test_cancelling_without_a_payment_gives_nothing_back(till: Till, ready: int) -> None:
    till.cancel(ready)
    assert [one.effect.kind for one in till.opened()] == [Kind.CREATE_INTENT, Kind.CHECK_INTENT]


def test_a_payment_after_the_cancellation_is_given_back(till: Till, payments: Payments, ready: int) -> None:
    till.cancel(ready)
    till.confirm(ready)
    [news] = till.news("payment_intent.succeeded")
    till.deliver(news)
    assert till.of(ready).paid == CENTS
    payments.carry_out(till.opened()[-1])
    assert till.paid() == 0
    assert till.of(ready).refunded == CENTS


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "fail"])
def test_a_refund_whose_answer_was_lost_is_made_once(till: Till, payments: Payments, paid: int, action: str) -> None:
    till.cancel(paid)
    refund = till.write_down()[-1]
    control.order_fault(till.url, action, REFUNDS)
    payments.carry_out(refund)
    assert till.payment(paid).refunding == {1: CENTS}
    payments.carry_out(refund)
    assert till.paid() == 0
    assert till.payment(paid).refunding == {}
    made = [call for call in till.calls("/v1/refunds") if call["executed"] and not call["replayed"]]
    assert len(made) == 1


def test_two_refunds_in_part_do_not_stand_for_each_other(till: Till, payments: Payments, paid: int) -> None:
    till.refund(paid, "5.00")
    till.refund(paid, "7.00")
    first, second = till.opened()[-2:]
    payments.carry_out(second)
    for news in till.news("charge.refunded"):
        till.deliver(news)
    assert till.payment(paid).refunding == {1: 500}
    payments.carry_out(first)
    assert till.payment(paid).refunded == 1200
    assert till.paid() == CENTS - 1200


def test_money_given_back_in_stripes_dashboard_counts(till: Till, payments: Payments, paid: int) -> None:
    control.send(
        "POST",
        f"{till.url}/v1/refunds",
        headers={"Authorization": f"Bearer {control.KEY}"},
        data={"payment_intent": till.payment(paid).intent_id, "amount": CENTS},
    ).raise_for_status()
    till.cancel(paid)
    payments.carry_out(till.opened()[-1])
    payment = till.payment(paid)
    assert (payment.refunded, payment.refunding) == (CENTS, {})
    assert till.happened(paid)[-1] == "RefundSucceeded"


def test_a_refund_that_stripe_refuses_is_recorded(till: Till, payments: Payments, paid: int) -> None:
    till.refund(paid, "5.00")
    refund = till.write_down()[-1]
    control.order_fault(till.url, "fail", REFUNDS, status=400)
    payments.carry_out(refund)
    assert till.happened(paid)[-1] == "RefundFailed"
    assert till.payment(paid).left == CENTS
    assert refund.effect.id not in till.open_rows()
