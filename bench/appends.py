"""Appends by eight writers, one save at a time: our log beside the library's own Postgres recorder."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, StoredEvent, TrackingRecorder
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from bench.measure import Result, Side, side_by_side
from bench.world import World
from write_side.cart.events import ItemAddedToCart
from write_side.codecs import encode
from write_side.database import Database
from write_side.event_store import PostgresLog
from write_side.messages import Metadata

WRITERS = 8
SECONDS = 2.0  # of one round
ROUNDS = 5


def run(world: World) -> list[Result]:
    with our_log(world) as log, stock_recorder(world) as stock:
        sides = Side("our log", Saves(log)), Side("stock recorder", Saves(stock))
        compared = side_by_side(*sides, ROUNDS, world.progress)
    return [compared.result(f"appends, {WRITERS} writers, one save at a time", 1.5)]


@contextmanager
def our_log(world: World) -> Iterator[PostgresLog]:
    with world.log() as settings:
        log = PostgresLog(Database(settings.postgres_dsn))
        try:
            yield log
        finally:
            log.close()


@contextmanager
def stock_recorder(world: World) -> Iterator[ApplicationRecorder]:
    """As its documentation sets it up, with a connection for each writer."""
    with world.empty_database() as settings:
        parts = conninfo_to_dict(settings.postgres_owner_dsn)
        environment = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(parts["dbname"]),
            "POSTGRES_HOST": str(parts["host"]),
            "POSTGRES_PORT": str(parts["port"]),
            "POSTGRES_USER": str(parts["user"]),
            "POSTGRES_PASSWORD": str(parts["password"]),
            "POSTGRES_POOL_SIZE": str(WRITERS),
            "ORIGINATOR_ID_TYPE": "text",
        }
        factory = InfrastructureFactory[TrackingRecorder].construct(Environment("bench", environment))
        try:
            yield factory.application_recorder()
        finally:
            factory.close()


class Saves:
    """A round: each writer saves one event after another, each to a cart of its own."""

    _carts = count(1)

    def __init__(self, recorder: ApplicationRecorder) -> None:
        self._recorder = recorder

    def __call__(self) -> float:
        return together(WRITERS, SECONDS, self._writer)

    def _writer(self) -> Callable[[], object]:
        stream, versions = f"cart-{next(self._carts)}", count(1)
        event = ItemAddedToCart(line_id=1, product_id=1, quantity=1, unit_price=1999)
        state = encode(event, Metadata(at="2026-01-01T00:00:00.000000Z", actor=1))

        def save() -> object:
            return self._recorder.insert_events([StoredEvent(stream, next(versions), event.TOPIC, state)])

        return save


def together(threads: int, seconds: float, make: Callable[[], Callable[[], object]]) -> float:
    """Each thread makes an act of its own and repeats it; acts per second of all of them."""
    done: list[int] = []
    failures: list[BaseException] = []
    begin = threading.Barrier(threads + 1)

    def work() -> None:
        acts = 0
        try:
            act = make()
            act()  # connects
            begin.wait()
            deadline = time.perf_counter() + seconds
            while time.perf_counter() < deadline:
                act()
                acts += 1
        except BaseException as failure:
            failures.append(failure)
            begin.abort()
        done.append(acts)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    with contextlib.suppress(threading.BrokenBarrierError):  # a writer's failure is raised below
        begin.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    if failures:
        raise next((f for f in failures if not isinstance(f, threading.BrokenBarrierError)), failures[0])
    return sum(done) / took
