"""Every rule of payments, both verdicts: news comes twice, late and in any order."""

import pytest
from support.given import given
from test_order_rules import CANCELLED, IN_WORK, PAID, PLACED, SHIPPED

from write_side.messages import Event
from write_side.order.events import OrderPaid, OrderRefunded
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

REQUESTED = PaymentRequested(order_id=5, person_id=3, amount=4897, attempt=1)
INTENT = PaymentIntentCreated(order_id=5, intent_id="pi_1")
SUCCEEDED = PaymentSucceeded(order_id=5, intent_id="pi_1", amount=4897, charge_id="ch_1")


def payment(*events: Event) -> Payment:
    return given(PAYMENT, *events)


def order(*events: Event) -> Order:
    return given(ORDER, PLACED, *events)


def refund_of(amount: int, number: int = 1) -> RefundRequested:
    return RefundRequested(order_id=5, intent_id="pi_1", amount=amount, number=number)


# -- asking to pay --------------------------------------------------------------------------------


def test_a_placed_order_can_be_paid() -> None:
    assert decide.request(order(), payment()) == [REQUESTED]


@pytest.mark.parametrize("before", [(REQUESTED,), (REQUESTED, INTENT)])
def test_asking_again_while_an_intent_is_on_its_way_or_open_asks_for_nothing_new(before: tuple[Event, ...]) -> None:
    assert decide.request(order(), payment(*before)) == []


def test_after_a_refused_intent_the_next_attempt_has_the_next_number() -> None:
    refused = PaymentIntentFailed(order_id=5, attempt=1, reason="down")
    (again,) = decide.request(order(), payment(REQUESTED, refused))
    assert isinstance(again, PaymentRequested) and again.attempt == 2


@pytest.mark.parametrize("events", [(PAID,), (CANCELLED,), (IN_WORK,), (PAID, SHIPPED)])
def test_an_order_past_placed_cannot_be_paid(events: tuple[Event, ...]) -> None:
    with pytest.raises(decide.NotPayable):
        decide.request(order(*events), payment())


# -- what Stripe says of the intent ---------------------------------------------------------------


def test_the_intent_that_was_asked_for_is_recorded_once() -> None:
    assert decide.record_intent(payment(REQUESTED), "pi_1") == [INTENT]
    assert decide.record_intent(payment(REQUESTED, INTENT), "pi_1") == []
    assert decide.record_intent(payment(REQUESTED, INTENT), "pi_2") == []


def test_an_intent_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(decide.WrongIntent):
        decide.record_intent(payment(), "pi_1")


def test_a_refusal_counts_for_the_attempt_it_belongs_to() -> None:
    (event,) = decide.record_intent_failure(payment(REQUESTED), 1, "down")
    assert event == PaymentIntentFailed(order_id=5, attempt=1, reason="down")
    assert decide.record_intent_failure(payment(REQUESTED), 2, "down") == []
    assert decide.record_intent_failure(payment(REQUESTED, INTENT), 1, "down") == []


# -- money in -------------------------------------------------------------------------------------


def test_a_success_pays_the_order() -> None:
    events = decide.record_success(order(), payment(REQUESTED, INTENT), "pi_1", 4897, "ch_1")
    assert events == ([SUCCEEDED], [OrderPaid(order_id=5, amount=4897)])


def test_a_success_that_comes_twice_pays_once() -> None:
    paid = payment(REQUESTED, INTENT, SUCCEEDED)
    assert decide.record_success(order(PAID), paid, "pi_1", 4897, "ch_1") == ([], [])


def test_news_that_overtakes_the_intent_s_answer_brings_the_intent_along() -> None:
    for_payment, _ = decide.record_success(order(), payment(REQUESTED), "pi_1", 4897, "ch_1")
    assert for_payment == [INTENT, SUCCEEDED]


def test_a_payment_after_the_cancellation_is_recorded_and_given_back() -> None:
    for_payment, for_order = decide.record_success(order(CANCELLED), payment(REQUESTED, INTENT), "pi_1", 4897, "ch_1")
    assert for_payment == [SUCCEEDED, refund_of(4897)]
    assert for_order == [OrderPaid(order_id=5, amount=4897)]
    assert payment(REQUESTED, INTENT, *for_payment).left == 0


def test_news_of_another_intent_is_refused() -> None:
    for_another = payment(REQUESTED, INTENT)
    with pytest.raises(decide.WrongIntent):
        decide.record_success(order(), for_another, "pi_2", 4897, None)
    with pytest.raises(decide.WrongIntent):
        decide.record_failure(for_another, "pi_2", "declined")
    with pytest.raises(decide.WrongIntent):
        decide.record_refund(for_another, "pi_2", 1, "re_1", None)


def test_a_decline_is_recorded_unless_the_success_came_first() -> None:
    assert decide.record_failure(payment(REQUESTED, INTENT), "pi_1", "declined") == [
        PaymentFailed(order_id=5, intent_id="pi_1", reason="declined")
    ]
    assert decide.record_failure(payment(REQUESTED, INTENT, SUCCEEDED), "pi_1", "declined") == []


# -- money out ------------------------------------------------------------------------------------

IN = (REQUESTED, INTENT, SUCCEEDED)


def test_what_is_left_can_be_given_back_in_parts() -> None:
    assert decide.refund(payment(*IN), 4000) == [refund_of(4000)]
    assert decide.refund(payment(*IN, refund_of(4000)), 897) == [refund_of(897, number=2)]


@pytest.mark.parametrize("amount", [-1, 0, 898])
def test_what_is_not_there_cannot_be_given_back(amount: int) -> None:
    with pytest.raises(decide.NothingToRefund) as refused:
        decide.refund(payment(*IN, refund_of(4000)), amount)
    assert refused.value.extra == {"left": 897}


def test_nothing_was_paid_so_nothing_is_given_back() -> None:
    with pytest.raises(decide.NothingToRefund):
        decide.refund(payment(REQUESTED, INTENT), 1)
    assert decide.refund_rest(payment(REQUESTED, INTENT)) == []


def test_cancelling_gives_back_the_rest_once() -> None:
    rest = decide.refund_rest(payment(*IN, refund_of(1000)))
    assert rest == [refund_of(3897, number=2)]
    assert decide.refund_rest(payment(*IN, refund_of(1000), *rest)) == []


def test_a_refund_that_happened_is_recorded_once_however_often_it_is_told() -> None:
    asked = payment(*IN, refund_of(1000))
    done = RefundSucceeded(order_id=5, amount=1000, refund_id="re_1", number=1)
    assert decide.record_refund(asked, "pi_1", 1000, "re_1", 1) == (
        [done],
        [OrderRefunded(order_id=5, amount=1000)],
    )
    assert decide.record_refund(payment(*IN, refund_of(1000), done), "pi_1", 1000, "re_1", 1) == ([], [])


def test_totals_that_come_out_of_order_add_up() -> None:
    """The news of the second refund comes first: it says 3000 in all."""
    state = payment(*IN, refund_of(1000), refund_of(2000, number=2))
    amounts = []
    for total, number in [(3000, 2), (1000, 1)]:
        for_payment, for_order = decide.record_refund(state, "pi_1", total, f"re_{number}", number)
        amounts += [event.amount for event in for_order if isinstance(event, OrderRefunded)]
        for event in for_payment:
            state = PAYMENT.evolve(state, event)
    assert sum(amounts) == state.refunded == 3000
    assert (state.refunding, state.left) == ({}, 1897)


def test_what_is_left_is_right_while_news_is_faster_than_the_answer() -> None:
    """The webhook tells the total before the worker's call has answered with the refund's number."""
    asked = payment(*IN, refund_of(1000))
    news, _ = decide.record_refund(asked, "pi_1", 1000, "ch_1", None)
    told = payment(*IN, refund_of(1000), *news)
    assert (told.refunded, told.refunding, told.left) == (1000, {1: 1000}, 3897)
    answer, again = decide.record_refund(told, "pi_1", 1000, "re_1", 1)
    assert again == []
    assert payment(*IN, refund_of(1000), *news, *answer).left == 3897
    rest = decide.refund_rest(told)
    assert rest == [refund_of(3897, number=2)]
    assert payment(*IN, refund_of(1000), *news, *rest, *answer).left == 0


def test_news_may_tell_of_several_refunds_at_once() -> None:
    both = [refund_of(1000), refund_of(2000, number=2)]
    news, _ = decide.record_refund(payment(*IN, *both), "pi_1", 3000, "ch_1", None)
    told = payment(*IN, *both, *news)
    assert (told.refunded, told.left) == (3000, 1897)
    failed = decide.record_refund_failure(told, 2, "closed account")
    assert payment(*IN, *both, *news, *failed).left == 1897  # the total is Stripe's word


def test_a_refund_made_in_stripe_s_dashboard_counts_and_answers_no_request() -> None:
    asked = payment(*IN, refund_of(1000))
    for_payment, _ = decide.record_refund(asked, "pi_1", 500, "re_9", None)
    after = PAYMENT.evolve(asked, for_payment[0])
    assert (after.refunded, after.refunding, after.left) == (500, {1: 1000}, 3397)


def test_more_than_was_captured_is_never_counted_as_given_back() -> None:
    for_payment, _ = decide.record_refund(payment(*IN), "pi_1", 10**9, "re_1", None)
    assert [event.amount for event in for_payment if isinstance(event, RefundSucceeded)] == [4897]


def test_a_refused_refund_frees_its_money_once() -> None:
    asked = payment(*IN, refund_of(1000))
    refused = RefundFailed(order_id=5, number=1, amount=1000, reason="closed account")
    assert decide.record_refund_failure(asked, 1, "closed account") == [refused]
    after = PAYMENT.evolve(asked, refused)
    assert after.left == 4897
    assert decide.record_refund_failure(after, 1, "closed account") == []
