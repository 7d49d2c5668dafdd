"""Observations: counted in memory, written in batches, each once; nobody waits for them."""

import itertools
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import MapperDeserialisationError
from support.databases import Databases

from write_side.database import Database
from write_side.observations import Kind
from write_side.observations.log import ObservationLog
from write_side.observations.observed import Count, Observed, decode
from write_side.observations.observer import Observer

AT = "2026-01-02T03:04:05.000006Z"


@pytest.fixture
def log(databases: Databases) -> Iterator[ObservationLog]:
    opened = ObservationLog(Database(databases.dsn))
    yield opened
    opened.close()


def observer(log: ObservationLog, **options: Any) -> Observer:
    return Observer(log, lambda: AT, **{"every": 0.01, **options})


def batches(log: ObservationLog) -> list[Observed]:
    return [log.decode(row[3], row[4])[0] for row in log.read(0, 10_000)[0]]


def times(log: ObservationLog) -> dict[tuple[str, int, int | None], int]:
    """How often each thing was observed in all that is written."""
    found: dict[tuple[str, int, int | None], int] = {}
    for count in itertools.chain.from_iterable(observed.counts for observed in batches(log)):
        key = (count.kind, count.subject, count.person_id)
        found[key] = found.get(key, 0) + count.times
    return found


def eventually(good: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not good():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.005)


class Failing(ObservationLog):
    """Postgres goes away before a batch, or after it was taken and before it said so."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.away = False
        self.lose_answers = 0
        self.sent: list[UUID] = []

    def append(self, batch: UUID, observed: Observed) -> int:
        self.sent.append(batch)
        if self.away:
            raise psycopg.OperationalError("away")
        position = super().append(batch, observed)
        if self.lose_answers:
            self.lose_answers -= 1
            raise psycopg.OperationalError("the answer was lost")
        return position


@pytest.fixture
def failing(databases: Databases) -> Iterator[Failing]:
    opened = Failing(Database(databases.dsn))
    yield opened
    opened.close()


# -- what is stored -------------------------------------------------------------------------------


def test_a_batch_is_the_bytes_that_were_stored_ever_since(log: ObservationLog) -> None:
    log.append(
        uuid4(), Observed(at=AT, counts=(Count("product-viewed", 7, 5, 2), Count("category-visited", 9, None, 1)))
    )
    [row] = log.read(0, 10)[0]
    stored = f'{{"v":1,"at":"{AT}","counts":[["product-viewed",7,5,2],["category-visited",9,null,1]]}}'
    assert row == (1, "observed-1", 1, "observed", stored.encode())
    with log.connection() as conn:
        seen = conn.execute(
            "SELECT position, kind, subject, person_id, times FROM observed ORDER BY subject"
        ).fetchall()
    assert seen == [(1, "product-viewed", 7, 5, 2), (1, "category-visited", 9, None, 1)]


def test_a_kind_of_a_newer_release_is_read_and_a_newer_version_is_not_guessed_at() -> None:
    observed, _ = decode("observed", f'{{"v":1,"at":"{AT}","counts":[["shop-entered",1,null,1]],"more":1}}'.encode())
    assert observed.counts == (Count("shop-entered", 1, None, 1),)
    for unreadable in (f'{{"v":2,"at":"{AT}","counts":[]}}'.encode(), b"{}", b"\xff"):
        with pytest.raises(MapperDeserialisationError):
            decode("observed", unreadable)


def test_the_application_may_add_to_it_and_read_it(log: ObservationLog, databases: Databases) -> None:
    log.append(uuid4(), Observed(at=AT, counts=(Count("product-viewed", 7, None, 1),)))
    with psycopg.connect(databases.dsn, autocommit=True) as conn:
        for statement in ("UPDATE observations SET position = 9", "DELETE FROM observations", "TRUNCATE observations"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
    assert len(batches(log)) == 1


def test_positions_have_no_gap_and_a_batch_that_is_sent_again_is_the_first_one(log: ObservationLog) -> None:
    ids = [uuid4() for _ in range(40)]

    def write(writer: int) -> list[int]:
        """Every batch is sent by two writers, at about the same time."""
        return [
            log.append(ids[i], Observed(at=AT, counts=(Count("product-viewed", i, None, 1),)))
            for i in range(writer // 2, 40, 4)
        ]

    with ThreadPoolExecutor(8) as pool:
        answered = [position for mine in pool.map(write, range(8)) for position in mine]
    assert sorted(answered) == sorted([*range(1, 41)] * 2)
    assert [row[0] for row in log.read(0, 100)[0]] == list(range(1, 41))
    assert log.head() == 40
    assert set(times(log).values()) == {1}


def test_it_is_read_by_windows(log: ObservationLog) -> None:
    for i in range(5):
        log.append(uuid4(), Observed(at=AT, counts=(Count("product-viewed", i, None, 1),)))
    rows, upto = log.read(1, 3)
    assert ([row[0] for row in rows], upto) == ([2, 3, 4], 4)
    assert log.read(5, 3) == ([], 5)


# -- who observes ---------------------------------------------------------------------------------


def test_counts_of_one_thing_and_person_are_one(log: ObservationLog) -> None:
    watching = observer(log, every=30.0)
    for person_id in (None, 5, 5, None, None, 6):
        watching.observe(Kind.PRODUCT_VIEWED, 7, person_id)
    watching.observe(Kind.PRODUCT_CLICKED, 7, 5)
    assert (watching.waiting, batches(log)) == (4, [])
    watching.close()  # which waits for no clock
    assert len(batches(log)) == 1
    assert times(log) == {
        ("product-viewed", 7, None): 3,
        ("product-viewed", 7, 5): 2,
        ("product-viewed", 7, 6): 1,
        ("product-clicked", 7, 5): 1,
    }


def test_what_many_observe_at_once_is_all_counted(log: ObservationLog) -> None:
    watching = observer(log, every=0.002)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            pool.submit(lambda: [watching.observe(Kind.PRODUCT_VIEWED, i % 700) for i in range(7000)])
    eventually(lambda: watching.waiting == 0)
    assert set(times(log).values()) == {80}
    assert len(times(log)) == 700
    assert len(batches(log)) > 1
    assert max(len(observed.counts) for observed in batches(log)) <= 500
    watching.close()


def test_an_answer_that_was_lost_counts_nothing_twice(failing: Failing) -> None:
    watching = observer(failing)
    failing.lose_answers = 2
    watching.observe(Kind.PRODUCT_VIEWED, 7)
    eventually(lambda: watching.waiting == 0)
    assert len(failing.sent) == 3 and len(set(failing.sent)) == 1
    assert times(failing) == {("product-viewed", 7, None): 1}
    watching.close()


def test_without_postgres_counts_wait_and_what_does_not_fit_is_dropped_and_said(
    failing: Failing, caplog: pytest.LogCaptureFixture
) -> None:
    watching = observer(failing, most=3)
    failing.away = True
    watching.observe(Kind.PRODUCT_VIEWED, 1)
    eventually(lambda: len(failing.sent) > 2)  # and on its way, which nothing changes any more
    began = time.monotonic()
    for product_id in (1, 2, 3, 4, 5, 1, 2):
        watching.observe(Kind.PRODUCT_VIEWED, product_id)
    assert time.monotonic() - began < 0.1
    assert watching.dropped == 2
    failing.away = False
    with caplog.at_level(logging.WARNING):
        eventually(lambda: watching.waiting == 0)
    assert times(failing) == {
        ("product-viewed", 1, None): 3,
        ("product-viewed", 2, None): 2,
        ("product-viewed", 3, None): 1,
        ("dropped", 0, None): 2,
    }
    assert "2 were dropped" in caplog.text
    watching.close()


def test_what_cannot_be_written_at_the_end_is_said(failing: Failing, caplog: pytest.LogCaptureFixture) -> None:
    watching = observer(failing)
    failing.away = True
    watching.observe(Kind.PRODUCT_VIEWED, 1)
    watching.observe(Kind.PRODUCT_VIEWED, 2)
    watching.close()
    assert "2 counts of observations were not written" in caplog.text
    assert times(failing) == {}


def test_a_batch_that_nobody_will_ever_take_holds_up_no_other(
    log: ObservationLog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watching = observer(log)
    append = log.append

    def refuse(batch: UUID, observed: Observed) -> int:
        if observed.counts[0].subject == 1:
            raise ValueError("no JSON")
        return append(batch, observed)

    monkeypatch.setattr(log, "append", refuse)
    watching.observe(Kind.PRODUCT_VIEWED, 1)
    eventually(lambda: watching.dropped == 1)
    watching.observe(Kind.PRODUCT_VIEWED, 2)
    eventually(lambda: times(log) == {("product-viewed", 2, None): 1})
    assert "ALARM" in caplog.text
    watching.close()
