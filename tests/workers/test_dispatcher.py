"""The dispatcher: every effect is handed over, dying at any point loses none, one acts at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from kombu.exceptions import OperationalError as BrokerError
from support.databases import Databases
from till import Till, eventually

from storefold.bootstrap import WriteSide
from workers import dispatcher as module
from workers.dispatcher import Dispatcher
from workers.open_effects import Open
from workers.presence import DISPATCHER_LOCK, dispatcher_acts
from write_side.processes.effects import Kind
from write_side.refusals import Unavailable


class Tasks(list[Open]):
    """What was enqueued for Stripe. The product's own queue is Celery's, see test_processes.py."""

    def __init__(self, *faults: BaseException) -> None:
        super().__init__()
        self.faults = list(faults)

    def __call__(self, open_: Open) -> None:
        if open_.effect.kind.is_mail:
            return
        if self.faults:
            raise self.faults.pop(0)
        self.append(open_)

    @property
    def ids(self) -> list[str]:
        return [one.effect.id for one in self]


@contextmanager
def running(dispatcher: Dispatcher) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    try:
        yield thread
    finally:
        dispatcher.stop()
        thread.join(20)
        assert not thread.is_alive()


def checkpoint(write_side: WriteSide) -> int:
    with write_side.log.connection() as conn:
        row = conn.execute("SELECT position FROM checkpoints WHERE name = %s", (module.NAME,)).fetchone()
    return int(row[0]) if row else 0


def test_effects_become_tasks_in_order(till: Till, databases: Databases) -> None:
    orders = [till.order() for _ in range(3)]
    till.request(orders[0])
    tasks = Tasks()
    with running(Dispatcher(databases.dsn, tasks)):
        eventually(lambda: len(tasks) == 1, "what was asked before it started")
        till.request(orders[1])
        till.request(orders[2])
        eventually(lambda: len(tasks) == 3, "what was asked since")
    assert tasks.ids == [f"create-intent-{order}-1" for order in orders]
    assert set(till.open_rows()) == set(tasks.ids)


def test_an_effect_that_is_to_wait_is_only_written_down(till: Till, databases: Databases) -> None:
    order_id = till.order()
    till.request(order_id)
    till.deliver(
        {
            "id": "evt",
            "type": "payment_intent.created",
            "data": {"object": {"id": "pi_1", "metadata": {"order_id": str(order_id)}}},
        }
    )
    tasks = Tasks()
    with running(Dispatcher(databases.dsn, tasks)):
        eventually(lambda: f"check-intent-{order_id}-1" in till.open_rows(), "a row")
    assert [one.effect.kind for one in tasks] == [Kind.CREATE_INTENT]


def test_it_goes_on_where_it_stopped(till: Till, databases: Databases, write_side: WriteSide) -> None:
    till.request(till.order())
    first, second = Tasks(), Tasks()
    with running(Dispatcher(databases.dsn, first)):
        eventually(lambda: checkpoint(write_side) > 0, "a checkpoint")
    till.request(till.order())
    with running(Dispatcher(databases.dsn, second)):
        eventually(lambda: len(second) > 0, "the second")
    assert len(first) == len(second) == 1
    assert first.ids != second.ids


def test_a_long_way_without_effects_is_not_gone_twice(
    till: Till, databases: Databases, write_side: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WINDOW", 5)
    for _ in range(4):
        till.order()
    head = write_side.log.head()
    with running(Dispatcher(databases.dsn, Tasks())):
        eventually(lambda: checkpoint(write_side) > head - 5, "a checkpoint")


def test_dying_before_the_checkpoint_repeats_a_task_and_loses_none(
    till: Till, databases: Databases, write_side: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.request(till.order())
    tasks = Tasks()

    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(module, "_store", die)
        with pytest.raises(Died):
            Dispatcher(databases.dsn, tasks).run()
    assert len(tasks) == 1
    assert checkpoint(write_side) == 0
    with running(Dispatcher(databases.dsn, tasks)):
        eventually(lambda: checkpoint(write_side) > 0, "the restart")
    assert len(tasks) == 2
    assert tasks[0] == tasks[1], "the same task under the same id"


def test_dying_before_the_task_loses_nothing(till: Till, databases: Databases, write_side: WriteSide) -> None:
    class Died(BaseException):
        pass

    till.request(till.order())
    tasks = Tasks(Died())
    with pytest.raises(Died):
        Dispatcher(databases.dsn, tasks).run()
    assert checkpoint(write_side) == 0
    with running(Dispatcher(databases.dsn, tasks)):
        eventually(lambda: len(tasks) == 1, "the task")


def test_it_waits_for_a_broker_that_is_away(till: Till, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.05)
    till.request(till.order())
    tasks = Tasks(BrokerError("away"), BrokerError("still away"))
    with running(Dispatcher(databases.dsn, tasks)):
        eventually(lambda: len(tasks) == 1, "the task")


def test_one_acts_and_the_other_takes_over(till: Till, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK", 0.05)
    first, second = Tasks(), Tasks()
    leader, standby = Dispatcher(databases.dsn, first), Dispatcher(databases.dsn, second)
    with running(leader):
        eventually(lambda: dispatcher_acts(databases.dsn), "a leader")
        with running(standby):
            for _ in range(5):
                till.request(till.order())
            eventually(lambda: len(first) == 5, "the leader's tasks")
            assert second == []
            leader.stop()
            till.request(till.order())
            eventually(lambda: len(first) + len(second) == 6, "the standby")
    assert len(set(first.ids + second.ids)) == 6
    assert not dispatcher_acts(databases.dsn)


def test_a_leader_that_lost_its_lock_writes_no_checkpoint(
    till: Till, databases: Databases, write_side: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off in the middle of its work, while the rival takes over."""
    monkeypatch.setattr(module, "PAUSE", 0.05)
    till.request(till.order())
    rivals = Tasks()
    entered, cut_off = threading.Event(), threading.Event()
    stored: list[int] = []
    store = module._store

    def stalled(conn: psycopg.Connection[tuple[object, ...]], position: int) -> None:
        if not entered.is_set():
            entered.set()
            assert cut_off.wait(20)
        store(conn, position)
        stored.append(position)

    monkeypatch.setattr(module, "_store", stalled)
    with running(Dispatcher(databases.dsn, Tasks())):
        assert entered.wait(20)
        with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
            owner.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s::bigint
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""",
                (DISPATCHER_LOCK,),
            )
        with running(Dispatcher(databases.dsn, rivals)):
            eventually(lambda: len(rivals) == 1 and len(stored) == 1, "the rival")
            till.request(till.order())
            eventually(lambda: len(rivals) == 2 and len(stored) == 2, "the rival, again")
            ahead = checkpoint(write_side)
            cut_off.set()
            eventually(lambda: checkpoint(write_side) >= ahead, "nothing to move")
    assert checkpoint(write_side) >= ahead
    assert stored == sorted(stored)


def test_it_outlives_its_connection(till: Till, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.05)
    order_id = till.order()
    tasks = Tasks()
    with running(Dispatcher(databases.dsn, tasks)):
        eventually(lambda: dispatcher_acts(databases.dsn), "a leader")
        with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
            owner.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()"""
            )
        eventually(lambda: requested(till, order_id), "a bus that has found its way back")
        eventually(lambda: len(tasks) == 1, "the task")


def requested(till: Till, order_id: int) -> bool:
    """The bus's connection was cut, too."""
    try:
        till.request(order_id)
    except Unavailable:
        return False
    return True


def test_what_is_overdue_is_sent_again(till: Till, databases: Databases) -> None:
    till.request(till.order())
    tasks = Tasks()
    with running(Dispatcher(databases.dsn, tasks)):
        eventually(lambda: len(tasks) == 1, "the task")
        till.make_due()
        eventually(lambda: len(tasks) == 2, "the task again")
    assert tasks[0] == tasks[1]
