"""What runs in processes of their own in the tests of races: each has a bus, and a starting gun.

A `Crew` is a number of processes with a write side each on the same databases. `together` hands each
of them a share of the work and lets all of them begin at the same moment.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg

from storefold.bootstrap import WriteSide, build_write_side
from support.databases import Databases
from write_side.messages import Actor, Command
from write_side.refusals import Refusal

T = TypeVar("T")
GUN = 7  # advisory lock: whoever waits for it shared is at the start

_side: WriteSide | None = None
_databases: Databases

Order = tuple[Command, Actor]
"""A command and who sends it."""

Outcome = dict[str, Any] | str
"""A command's result, or the type of its refusal."""


def _begin(databases: Databases) -> None:
    global _side, _databases  # one per process, as in the API's
    if _side is not None:
        _side.close()
    _databases, _side = databases, build_write_side(databases.settings())
    _side.log.head()  # connected before any start


def _ours() -> WriteSide:
    assert _side is not None
    return _side


def _wait_for_the_gun() -> None:
    with psycopg.connect(_databases.owner_dsn) as connection:
        connection.execute("SELECT pg_advisory_lock_shared(%s)", (GUN,))


def send(orders: Sequence[Order]) -> list[Outcome]:
    """Sends all at once through this process's bus; the outcomes in order."""
    waiting = [_ours().bus.submit(command, actor) for command, actor in orders]
    outcomes: list[Outcome] = []
    for future in waiting:
        try:
            outcomes.append(future.result(60).result)
        except Refusal as refusal:
            outcomes.append(refusal.type)
    return outcomes


def send_at_the_gun(orders: Sequence[Order]) -> list[Outcome]:
    _wait_for_the_gun()
    return send(orders)


def call_at_the_gun(function: Callable[[WriteSide, Any], Any], argument: Any) -> Any:
    _wait_for_the_gun()
    return function(_ours(), argument)


class Crew:
    def __init__(self, size: int = 2) -> None:
        context = multiprocessing.get_context("spawn")
        self._pools = [ProcessPoolExecutor(1, context) for _ in range(size)]

    def begin(self, databases: Databases) -> Self:
        """Each member forgets what it had and builds a write side on these databases."""
        self._databases = databases
        for began in [pool.submit(_begin, databases) for pool in self._pools]:
            began.result(60)
        return self

    def one(self, orders: Sequence[Order], member: int = 0) -> list[Outcome]:
        """One member sends these, and nobody else anything."""
        return self.start(orders, member).result(60)

    def start(self, orders: Sequence[Order], member: int = 0) -> "Future[list[Outcome]]":
        """As `one`, without waiting."""
        return self._pools[member].submit(send, orders)

    def together(self, orders: Sequence[Order]) -> list[Outcome]:
        """All members race with a share each; the outcomes of all."""
        size = len(self._pools)
        parts = self._race(send_at_the_gun, [(orders[i::size],) for i in range(size)])
        return [outcome for part in parts for outcome in part]

    def call(self, function: Callable[[WriteSide, T], Any], arguments: Iterable[T]) -> list[Any]:
        """`function(write_side, argument)` in each member at once; a function of a module, not of a test."""
        return self._race(call_at_the_gun, [(function, argument) for argument in arguments])

    def _race(self, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        with psycopg.connect(self._databases.owner_dsn, autocommit=True) as starter:
            starter.execute("SELECT pg_advisory_lock(%s)", (GUN,))
            running = [pool.submit(function, *these) for pool, these in zip(self._pools, arguments, strict=True)]
            # Of this database: another worker may hold a race of its own.
            waiting = """SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                WHERE datname = current_database() AND locktype = 'advisory' AND objid = %s AND NOT granted"""
            while not any(f.done() for f in running):
                if starter.execute(waiting, (GUN,)).fetchone() == (len(running),):
                    break
            starter.execute("SELECT pg_advisory_unlock(%s)", (GUN,))
            return [future.result(120) for future in running]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools:
            pool.shutdown()
