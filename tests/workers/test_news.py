"""Stripe's news takes effect once: doubled, in parallel, at several processes, late and in any order."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.databases import Databases
from till import CENTS, Till

from storefold.bootstrap import WriteSide, build_write_side
from workers.payments import Payments
from write_side.messages import Actor
from write_side.payment.commands import RecordPaymentIntent
from write_side.payment.decide import WrongIntent
from write_side.payment.state import Payment
from write_side.processes.stripe_news import command_for


@pytest.fixture
def order_id(till: Till) -> int:
    """An order whose payment was asked for; the answer to that call is not there yet."""
    order_id = till.order()
    till.request(order_id)
    return order_id


def news(kind: str, order_id: int, number: int = 1, **fields: Any) -> dict[str, Any]:
    """An event about `pi_<order>` as Stripe would send it."""
    metadata = {"order_id": str(order_id)}
    intent = {"id": f"pi_{order_id}", "amount": CENTS, "latest_charge": "ch_1", "metadata": metadata}
    charge = {
        "id": "ch_1",
        "payment_intent": f"pi_{order_id}",
        "amount": CENTS,
        "amount_captured": CENTS,
        "amount_refunded": CENTS,
        "metadata": metadata,
    }
    thing = charge if kind.startswith("charge") else intent
    return {"id": f"evt_{order_id}_{kind}_{number}", "type": kind, "data": {"object": thing | fields}}


def money(payment: Payment) -> tuple[int, int]:
    return payment.captured, payment.refunded


def test_all_orders_of_arrival_end_in_the_same_place(till: Till) -> None:
    kinds = ("payment_intent.created", "payment_intent.payment_failed", "payment_intent.succeeded", "charge.refunded")
    for arrival in itertools.permutations(kinds):
        order_id = till.order()
        till.request(order_id)
        for kind in arrival:
            till.deliver(news(kind, order_id))
        payment, order = till.payment(order_id), till.of(order_id)
        assert money(payment) == (CENTS, CENTS), arrival
        assert (order.paid, order.refunded) == (CENTS, CENTS), arrival
        assert payment.intent_id == f"pi_{order_id}"
        after = till.happened(order_id)
        for kind in arrival:
            till.deliver(news(kind, order_id))
        assert till.happened(order_id) == after, "delivered again"


def test_partial_refunds_only_ever_add_up(till: Till, order_id: int) -> None:
    till.deliver(news("payment_intent.succeeded", order_id))
    totals = [500, 1200, 2000]
    deliveries = [news("charge.refunded", order_id, number, amount_refunded=at) for number, at in enumerate(totals)]
    for event in (deliveries[1], deliveries[0], deliveries[2], deliveries[1]):
        till.deliver(event)
    assert till.of(order_id).refunded == CENTS
    assert till.happened(order_id).count("RefundSucceeded") == 2


def test_one_event_delivered_in_parallel(till: Till, order_id: int) -> None:
    event = news("payment_intent.succeeded", order_id)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: till.deliver(event), range(20)))
    assert sorted(answer.result["repeated"] for answer in answers if answer) == [False] + [True] * 19
    assert till.of(order_id).paid == CENTS


def test_one_event_delivered_to_two_processes(till: Till, databases: Databases) -> None:
    """Each with a bus and a cache of its own; the append decides."""
    rival = build_write_side(databases.settings())
    try:
        for _ in range(20):
            order_id = till.order()
            till.request(order_id)
            command = command_for(news("payment_intent.payment_failed", order_id))
            assert command is not None
            sides = [till.shop.write_side, rival]
            futures = [side.bus.submit(command, Actor(service="webhook")) for side in sides for _ in range(3)]
            repeated = [future.result().result["repeated"] for future in futures]
            assert sorted(repeated) == [False] + [True] * 5
            assert till.happened(order_id).count("PaymentFailed") == 1
    finally:
        rival.close()


def test_an_event_is_remembered_for_ever(till: Till, order_id: int, databases: Databases) -> None:
    """By the database, not by a process."""
    failed = news("payment_intent.payment_failed", order_id)
    till.deliver(failed)
    later = build_write_side(databases.settings())
    try:
        command = command_for(failed)
        assert command is not None
        assert later.bus.execute(command, Actor(service="webhook")).result == {"repeated": True}
    finally:
        later.close()
    another = news("payment_intent.payment_failed", order_id, number=2)
    till.deliver(another)
    assert till.happened(order_id).count("PaymentFailed") == 2, "a second decline is news"


def test_a_decline_that_arrives_after_the_payment_changes_nothing(till: Till, order_id: int) -> None:
    till.deliver(news("payment_intent.succeeded", order_id))
    before = till.happened(order_id)
    till.deliver(news("payment_intent.payment_failed", order_id))
    assert till.happened(order_id) == before
    assert till.of(order_id).status == "paid"


def test_a_payment_that_arrives_after_the_cancellation_asks_for_one_refund(till: Till, order_id: int) -> None:
    till.cancel(order_id)
    for _ in range(3):
        till.deliver(news("payment_intent.succeeded", order_id))
    assert till.happened(order_id).count("RefundRequested") == 1
    assert till.of(order_id).status == "cancelled"


def test_the_worker_s_answer_after_the_news_is_no_second_intent(till: Till, order_id: int) -> None:
    till.deliver(news("payment_intent.succeeded", order_id))
    before = till.happened(order_id)
    till.shop.do(RecordPaymentIntent(order_id=order_id, intent_id=f"pi_{order_id}"))
    assert till.happened(order_id) == before


def test_news_of_an_intent_finds_its_order_without_being_told(till: Till, order_id: int) -> None:
    till.deliver(news("payment_intent.created", order_id))
    till.deliver(news("payment_intent.succeeded", order_id, metadata={}))
    assert till.of(order_id).paid == CENTS


@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "payment_intent.payment_failed", "charge.refunded"])
def test_a_payment_that_is_none_of_ours_is_refused_as_not_found(till: Till, order_id: int, kind: str) -> None:
    till.deliver(news("payment_intent.created", order_id))
    before = till.happened(order_id)
    stranger = {"payment_intent": "pi_stranger"} if kind.startswith("charge") else {"id": "pi_stranger"}
    for metadata in ({}, {"order_id": str(order_id)}, {"order_id": "999999"}):
        with pytest.raises(WrongIntent):
            till.deliver(news(kind, order_id, metadata=metadata, **stranger))
    assert till.happened(order_id) == before


def test_one_intent_cannot_pay_two_orders(till: Till, order_id: int) -> None:
    till.deliver(news("payment_intent.created", order_id))
    other = till.order()
    till.request(other)
    with pytest.raises(WrongIntent):
        till.deliver(news("payment_intent.created", other, id=f"pi_{order_id}"))
    till.deliver(news("payment_intent.succeeded", other, id=f"pi_{order_id}"))
    assert till.of(order_id).paid == CENTS, "the order whose intent it is"
    assert till.of(other).paid == 0


def test_everything_stripe_said_shuffled_and_repeated(till: Till, payments: Payments, write_side: WriteSide) -> None:
    """Real events of five orders: declined, paid, cancelled after that or before, refunded in part."""
    orders = [till.order() for _ in range(5)]
    for order_id in orders:
        till.request(order_id)
    for wanted in till.opened():
        payments.carry_out(wanted)
    till.cancel(orders[1])
    for number, order_id in enumerate(orders):
        if number != 4:
            till.confirm(order_id, "pm_card_chargeDeclined")
            till.confirm(order_id)
    till.cancel(orders[2])
    events = till.news("payment_intent.created", "payment_intent.succeeded", "payment_intent.payment_failed") * 4
    random.Random(7).shuffle(events)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(till.deliver, events))
    till.refund(orders[3], "5.00")
    for wanted in till.opened():
        payments.carry_out(wanted)
    late = till.news("charge.refunded", "payment_intent.succeeded") * 2
    random.Random(8).shuffle(late)
    for event in late:
        till.deliver(event)
    held = [till.of(order_id) for order_id in orders]
    assert [order.paid - order.refunded for order in held] == [CENTS, 0, 0, CENTS - 500, 0]
    assert till.paid() == 2 * CENTS - 500
