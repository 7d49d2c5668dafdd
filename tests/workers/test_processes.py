"""The whole way with real processes: log, dispatcher, Redis, Celery, Stripe and back into the log; and
what SIGKILL, lost queues and rivals do to it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg
import pytest
import redis
from support.databases import Databases
from support.proxy import Wire
from till import CENTS, Processes, Till, eventually

from storefold.settings import Settings
from storefold.stack.stripe import control
from workers.app import build_app, sender
from workers.presence import dispatcher_acts, worker_present


@pytest.fixture
def dispatcher(processes: Processes) -> "subprocess.Popen[bytes]":
    return processes.start("dispatcher")


@pytest.fixture
def worker(processes: Processes) -> "subprocess.Popen[bytes]":
    return processes.start("worker", "--concurrency", "4")


@contextmanager
def log_held(databases: Databases) -> Iterator[None]:
    """Nobody can append: whoever has called Stripe is caught before the result is recorded. Appends that
    waited are cut off, as their process is."""
    with psycopg.connect(databases.owner_dsn) as rival, psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
        rival.execute("SELECT position FROM log_head FOR UPDATE")
        yield
        owner.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
            AND datname = current_database()"""
        )


def executed(till: Till, path: str) -> int:
    return len([call for call in till.calls(path) if call["executed"] and not call["replayed"]])


@pytest.mark.usefixtures("dispatcher", "worker")
def test_from_the_request_to_the_payment_and_back(till: Till) -> None:
    order_id = till.order()
    till.request(order_id)
    eventually(lambda: till.payment(order_id).intent_id is not None, "an intent")
    till.confirm(order_id)
    for event in till.news("payment_intent.succeeded"):
        till.deliver(event)
    assert till.of(order_id).status == "paid"
    till.cancel(order_id)
    eventually(lambda: till.of(order_id).refunded == CENTS, "the refund")
    assert till.paid() == 0
    eventually(lambda: not [name for name in till.open_rows() if "check" not in name], "everything struck out")


@pytest.mark.usefixtures("dispatcher", "worker")
def test_many_at_once(till: Till) -> None:
    orders = [till.order() for _ in range(40)]
    for order_id in orders:
        till.request(order_id)
    eventually(lambda: all(till.payment(order).intent_id for order in orders), "all intents", 60)
    assert len(till.calls()) == len(orders)


@pytest.mark.usefixtures("dispatcher", "worker")
def test_failures_of_stripes_pass(till: Till) -> None:
    control.order_fault(till.url, "fail", "POST /v1/payment_intents", times=2, status=503, save=False)
    order_id = till.order()
    till.request(order_id)
    eventually(lambda: till.payment(order_id).intent_id is not None, "an intent")
    assert len({call["idempotency_key"] for call in till.calls()}) == 1
    assert len(till.calls()) == 3
    assert len(till.intents()) == 1


@pytest.mark.usefixtures("dispatcher")
def test_a_worker_killed_between_stripes_answer_and_its_record(
    till: Till, processes: Processes, databases: Databases
) -> None:
    order_id = till.order()
    till.request(order_id)
    with log_held(databases):
        worker = processes.start("worker")
        eventually(lambda: executed(till, "/v1/payment_intents") == 1, "the call")
        eventually(lambda: _appends_wait(databases), "the record that waits")
        processes.kill(worker)
    assert till.payment(order_id).intent_id is None, "the result was lost"
    processes.start("worker")
    eventually(lambda: dispatcher_acts(databases.dsn), "a dispatcher")
    till.make_due()
    eventually(lambda: till.payment(order_id).intent_id is not None, "the result")
    [made] = till.intents()
    assert till.payment(order_id).intent_id == made["id"]


@pytest.mark.usefixtures("dispatcher")
def test_a_worker_killed_in_the_middle_of_a_refund(till: Till, processes: Processes, databases: Databases) -> None:
    first = processes.start("worker")
    order_id = till.order()
    till.request(order_id)
    eventually(lambda: till.payment(order_id).intent_id is not None, "an intent")
    till.confirm(order_id)
    for event in till.news("payment_intent.succeeded"):
        till.deliver(event)
    till.cancel(order_id)
    with log_held(databases):
        eventually(lambda: executed(till, "/v1/refunds") == 1, "the call")
        processes.kill(first)
    processes.start("worker")
    till.make_due()
    eventually(lambda: till.of(order_id).refunded == CENTS, "the result")
    eventually(lambda: till.payment(order_id).refunding == {}, "its number")
    assert executed(till, "/v1/refunds") == 1
    assert till.paid() == 0


@pytest.mark.usefixtures("dispatcher")
def test_tasks_that_the_broker_lost_are_found(till: Till, processes: Processes, broker: str) -> None:
    order_id = till.order()
    till.request(order_id)
    eventually(lambda: till.open_rows() != {}, "a row")
    with redis.Redis.from_url(broker) as client:
        eventually(lambda: client.llen("storefold") == 2, "the task, and that of the buyer's mail")
        client.flushdb()
    processes.start("worker")
    till.make_due()
    eventually(lambda: till.payment(order_id).intent_id is not None, "an intent")
    assert len(till.intents()) == 1


def test_a_broker_that_goes_away_while_a_task_runs(till: Till, processes: Processes, settings: Settings) -> None:
    with Wire(settings.broker_url) as wire:
        through = {"STOREFOLD_BROKER_URL": wire.dsn}
        processes.start("dispatcher", **through)
        workers = [processes.start("worker", **through)]
        control.order_fault(till.url, "hang", "POST /v1/payment_intents", seconds=1)
        orders = [till.order(), till.order()]
        till.request(orders[0])
        eventually(lambda: len(till.calls()) == 1, "the call")
        wire.refuse()
        till.request(orders[1])
        eventually(lambda: till.payment(orders[0]).intent_id is not None, "a task that has begun goes on")
        wire.accept()

        def came_back() -> bool:
            # Celery connects again, or ends where it held a task when Redis went; a supervisor starts it again.
            if workers[-1].poll() is not None:
                workers.append(processes.start("worker", **through))
            return till.payment(orders[1]).intent_id is not None

        eventually(came_back, "what was asked meanwhile", 60)
        processes.stop()
    assert len(till.intents()) == 2


@pytest.mark.usefixtures("worker")
def test_a_dispatcher_killed_again_and_again_repeats_no_effect(till: Till, processes: Processes) -> None:
    orders = []
    for _ in range(4):
        dispatcher = processes.start("dispatcher")
        for _ in range(5):
            orders.append(till.order())
            till.request(orders[-1])
        eventually(lambda: till.payment(orders[-5]).intent_id is not None, "the first of these")
        processes.kill(dispatcher)
    processes.start("dispatcher")
    eventually(lambda: all(till.payment(order).intent_id for order in orders), "all intents")
    assert len(till.intents()) == len(orders)
    for order_id in orders:
        assert till.happened(order_id) == ["PaymentRequested", "PaymentIntentCreated"]


@pytest.mark.usefixtures("worker")
def test_two_dispatchers_at_once(till: Till, processes: Processes, databases: Databases) -> None:
    first, second = processes.start("dispatcher"), processes.start("dispatcher")
    orders = [till.order() for _ in range(10)]
    for order_id in orders:
        till.request(order_id)
    eventually(lambda: all(till.payment(order).intent_id for order in orders), "all intents")
    assert len(till.calls()) == len(orders), "each was asked for once"
    # Whichever leads: with it stopped, the other goes on.
    for leader in (first, second):
        if _pid_of_leader_is(leader, databases):
            processes.kill(leader)
            break
    else:
        pytest.fail("nobody leads")
    last = till.order()
    till.request(last)
    eventually(lambda: till.payment(last).intent_id is not None, "the standby")


@pytest.mark.usefixtures("worker")
def test_a_task_that_was_enqueued_many_times_acts_once(till: Till, settings: Settings) -> None:
    order_id = till.order()
    till.request(order_id)
    [wanted] = till.write_down()
    send = sender(build_app(settings.celery_broker))
    for _ in range(20):
        send(wanted)
    eventually(lambda: till.payment(order_id).intent_id is not None, "an intent")
    eventually(lambda: till.open_rows() == {}, "struck out")
    assert len(till.intents()) == 1
    assert till.happened(order_id) == ["PaymentRequested", "PaymentIntentCreated"]


def test_reconciling_by_hand(till: Till, processes: Processes) -> None:
    order_id = till.order()
    till.request(order_id)
    till.write_down()
    assert processes.run("reconcile") == "0 to be tried again\n"
    assert processes.run("reconcile", "--all") == "1 to be tried again\n"
    processes.start("worker")
    eventually(lambda: till.payment(order_id).intent_id is not None, "an intent")


def test_both_end_in_order(till: Till, processes: Processes, databases: Databases) -> None:
    worker, dispatcher = processes.start("worker"), processes.start("dispatcher")
    order_id = till.order()
    till.request(order_id)
    eventually(lambda: till.payment(order_id).intent_id is not None, "an intent")
    eventually(lambda: worker_present(databases.dsn), "a sign of the worker")
    assert dispatcher_acts(databases.dsn)
    for process in (dispatcher, worker):
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(15) == 0
    assert not worker_present(databases.dsn)
    assert not dispatcher_acts(databases.dsn)


def _appends_wait(databases: Databases) -> bool:
    with psycopg.connect(databases.owner_dsn) as owner:
        row = owner.execute(
            """SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
            AND datname = current_database() AND query LIKE '%log_append%'"""
        ).fetchone()
    return row is not None and row[0] > 0


def _pid_of_leader_is(process: "subprocess.Popen[bytes]", databases: Databases) -> bool:
    """Whether the connection with the lock is this process's, by its port."""
    with psycopg.connect(databases.owner_dsn) as owner:
        row = owner.execute(
            """SELECT client_port FROM pg_stat_activity JOIN pg_locks USING (pid)
            WHERE locktype = 'advisory' AND datname = current_database()"""
        ).fetchone()
    assert row is not None
    return any(
        connection.laddr and connection.laddr.port == row[0]
        for connection in psutil.Process(process.pid).net_connections("tcp")
    )
