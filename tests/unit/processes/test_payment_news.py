"""Payments' rules for news that is late, early, doubled or out of order."""

import pytest

from write_side.messages import Event
from write_side.order.events import OrderCancelled, OrderPaid, OrderPlaced, OrderRefunded
from write_side.order.state import ORDER, Order
from write_side.payment import decide
from write_side.payment.events import (
    PaymentFailed,
    PaymentIntentCreated,
    PaymentIntentFailed,
    PaymentRequested,
    PaymentSucceeded,
    RefundFailed,
    RefundRequested,
    RefundSucceeded,
)
from write_side.payment.state import PAYMENT, Payment
from write_side.values import Charges

ASKED = PaymentRequested(order_id=9, person_id=1, amount=2000, attempt=1)
READY = PaymentIntentCreated(order_id=9, intent_id="pi")
PAID = PaymentSucceeded(order_id=9, intent_id="pi", amount=2000, charge_id="ch")


def payment(*events: Event) -> Payment:
    state = PAYMENT.initial
    for event in events:
        state = PAYMENT.evolve(state, event)
    return state


def order(*events: Event) -> Order:
    state = ORDER.initial
    charges = Charges(subtotal=2000, tax=0, shipping=0, discount=0, total=2000)
    placed = OrderPlaced(order_id=9, number="n", person_id=1, lines=(), charges=charges, pricing="none")
    for event in (placed, *events):
        state = ORDER.evolve(state, event)
    return state


def refund(number: int, amount: int) -> RefundRequested:
    return RefundRequested(order_id=9, intent_id="pi", amount=amount, number=number)


def test_a_payment_whose_intent_is_known() -> None:
    assert decide.record_success(order(), payment(ASKED, READY), "pi", 2000, "ch") == (
        [PAID],
        [OrderPaid(order_id=9, amount=2000)],
    )


def test_a_payment_that_is_heard_of_before_its_intent() -> None:
    for_payment, _ = decide.record_success(order(), payment(ASKED), "pi", 2000, "ch")
    assert for_payment == [READY, PAID]


def test_a_payment_that_is_heard_of_twice() -> None:
    assert decide.record_success(order(), payment(ASKED, READY, PAID), "pi", 2000, "ch") == ([], [])


def test_a_payment_after_the_cancellation_is_recorded_and_given_back() -> None:
    for_payment, for_order = decide.record_success(
        order(OrderCancelled(order_id=9)), payment(ASKED, READY), "pi", 2000, "ch"
    )
    assert for_payment == [PAID, refund(1, 2000)]
    assert for_order == [OrderPaid(order_id=9, amount=2000)]


@pytest.mark.parametrize(
    "known",
    [(), (ASKED, READY), (ASKED, PaymentIntentFailed(order_id=9, attempt=1, reason="no"))],
    ids=["nobody asked", "another intent", "given up"],
)
def test_a_payment_that_is_none_of_this_order(known: tuple[Event, ...]) -> None:
    with pytest.raises(decide.WrongIntent):
        decide.record_success(order(), payment(*known), "pi_other", 2000, "ch")
    with pytest.raises(decide.WrongIntent):
        decide.record_failure(payment(*known), "pi_other", "declined")


def test_a_decline() -> None:
    declined = PaymentFailed(order_id=9, intent_id="pi", reason="no")
    assert decide.record_failure(payment(ASKED, READY), "pi", "no") == [declined]
    assert decide.record_failure(payment(ASKED), "pi", "no") == [READY, declined]


def test_a_decline_that_is_heard_of_after_the_payment() -> None:
    assert decide.record_failure(payment(ASKED, READY, PAID), "pi", "no") == []


def test_the_first_intent_counts() -> None:
    assert decide.record_intent(payment(ASKED), "pi") == [READY]
    assert decide.record_intent(payment(ASKED, READY), "pi") == []
    assert decide.record_intent(payment(ASKED, READY), "pi_second") == []
    with pytest.raises(decide.WrongIntent):
        decide.record_intent(payment(), "pi")


def test_refunds_are_told_by_their_total() -> None:
    paid = (ASKED, READY, PAID)
    for_payment, for_order = decide.record_refund(payment(*paid), "pi", 500, "re_1", None)
    assert for_payment == [RefundSucceeded(order_id=9, amount=500, refund_id="re_1")]
    assert for_order == [OrderRefunded(order_id=9, amount=500)]
    later = payment(*paid, RefundSucceeded(order_id=9, amount=1500, refund_id="re_2"))
    assert decide.record_refund(later, "pi", 500, "re_1", None) == ([], [])
    for_payment, _ = decide.record_refund(later, "pi", 2000, "re_3", None)
    assert for_payment == [RefundSucceeded(order_id=9, amount=500, refund_id="re_3")]


def test_no_more_is_refunded_than_was_captured() -> None:
    _, for_order = decide.record_refund(payment(ASKED, READY, PAID), "pi", 9999, "re", None)
    assert for_order == [OrderRefunded(order_id=9, amount=2000)]


def test_a_refund_of_another_intent() -> None:
    with pytest.raises(decide.WrongIntent):
        decide.record_refund(payment(ASKED, READY, PAID), "pi_other", 500, "re", None)


def test_a_refund_is_answered_by_its_number_alone() -> None:
    """Two in flight, and a third from Stripe's dashboard: none stands for another."""
    asked = (ASKED, READY, PAID, refund(1, 500), refund(2, 700))
    dashboard = RefundSucceeded(order_id=9, amount=500, refund_id="re_d")
    assert payment(*asked, dashboard).refunding == {1: 500, 2: 700}
    for_payment, _ = decide.record_refund(payment(*asked, dashboard), "pi", 1200, "re_2", 2)
    assert for_payment == [RefundSucceeded(order_id=9, amount=700, refund_id="re_2", number=2)]
    assert payment(*asked, dashboard, *for_payment).refunding == {1: 500}


def test_a_number_that_comes_after_its_total_is_news_all_the_same() -> None:
    asked = (ASKED, READY, PAID, refund(1, 2000), RefundSucceeded(order_id=9, amount=2000, refund_id="ch"))
    for_payment, for_order = decide.record_refund(payment(*asked), "pi", 2000, "re", 1)
    assert for_payment == [RefundSucceeded(order_id=9, amount=0, refund_id="re", number=1)]
    assert for_order == []
    assert payment(*asked, *for_payment).refunding == {}
    assert decide.record_refund(payment(*asked, *for_payment), "pi", 2000, "re", 1) == ([], [])


def test_a_refund_counts_once_in_what_is_left() -> None:
    """Known by Stripe's total and still open by its number, it is one refund: 1,500 can be given back."""
    asked = (ASKED, READY, PAID, refund(1, 500))
    assert payment(*asked).left == 1500
    known_twice = payment(*asked, RefundSucceeded(order_id=9, amount=500, refund_id="ch"))
    assert known_twice.left == 1500
    full = payment(ASKED, READY, PAID, refund(1, 2000), RefundSucceeded(order_id=9, amount=2000, refund_id="ch"))
    assert full.left == 0
    assert decide.refund_rest(full) == []


def test_a_cancelled_order_gets_back_what_is_left() -> None:
    assert decide.refund_rest(payment(ASKED, READY, PAID)) == [refund(1, 2000)]
    assert decide.refund_rest(payment(ASKED, READY, PAID, refund(1, 500))) == [refund(2, 1500)]
    assert decide.refund_rest(payment(ASKED, READY)) == []
    assert decide.refund_rest(payment(ASKED, READY, PAID, refund(1, 2000))) == []


def test_a_refund_that_failed_can_be_asked_for_again() -> None:
    failed = RefundFailed(order_id=9, number=1, amount=2000, reason="no")
    assert decide.refund_rest(payment(ASKED, READY, PAID, refund(1, 2000), failed)) == [refund(2, 2000)]
    assert decide.record_refund_failure(payment(ASKED, READY, PAID, refund(1, 2000)), 1, "no") == [failed]
    assert decide.record_refund_failure(payment(ASKED, READY, PAID), 1, "no") == []
