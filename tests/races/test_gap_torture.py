"""Sixteen writers with stalls, rollbacks and killed backends: a reader of the log misses nothing.

The same writers do the same to an ordinary table with a sequence, and a reader that asks for `id > last`
there misses rows for good: that is what the log's head row is for, and it shows that this can fail.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from support.databases import Databases

from write_side.database import Database
from write_side.event_store import PostgresLog

WRITERS, ROUNDS = 16, 25

LOG = """SELECT log_append(NULL, NULL, NULL, ARRAY[%(stream)s, %(stream)s], ARRAY[%(version)s, %(version)s + 1],
    ARRAY['test.happened', 'test.happened'], ARRAY['{}'::bytea, '{}'::bytea],
    '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')"""
PLAIN = "INSERT INTO plain (writer, number) VALUES (%(stream)s, %(version)s), (%(stream)s, %(version)s + 1)"


@dataclass
class Tail:
    """A reader that runs all the time; what it has seen, in the order in which it saw it."""

    read: Callable[[int], tuple[list[int], int]]
    seen: list[int] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        position = 0
        while True:
            last_round = stop.is_set()
            found, position = self.read(position)
            self.seen.extend(found)
            if last_round and not found:
                return


def test_torture_loses_and_reorders_nothing_that_a_plain_sequence_loses(databases: Databases) -> None:
    with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
        owner.execute("CREATE TABLE plain (id bigserial PRIMARY KEY, writer text, number int)")
        try:
            _torture(databases, owner)
        finally:
            owner.execute("DROP TABLE plain")


def _torture(databases: Databases, owner: "psycopg.Connection[Any]") -> None:
    log = PostgresLog(Database(databases.dsn))

    def read_log(after: int) -> tuple[list[int], int]:
        rows, upto = log.read(after, 50)
        return [row[0] for row in rows], upto

    def read_plain(after: int) -> tuple[list[int], int]:
        found = [i for (i,) in owner.execute("SELECT id FROM plain WHERE id > %s ORDER BY id", (after,))]
        return found, found[-1] if found else after

    ours, naive = Tail(read_log), Tail(read_plain)
    stop = threading.Event()
    readers = [threading.Thread(target=tail.run, args=(stop,)) for tail in (ours, naive)]
    writers = [threading.Thread(target=_write, args=(databases, number)) for number in range(WRITERS)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()

    stored = owner.execute("SELECT position, stream, version FROM events ORDER BY position").fetchall()
    assert len(stored) > WRITERS * ROUNDS
    assert ours.seen == [row[0] for row in stored] == list(range(1, len(stored) + 1))
    for number in range(WRITERS):  # each writer's events in the order in which it wrote them
        versions = [version for _, stream, version in stored if stream == f"writer-{number}"]
        assert versions == list(range(1, len(versions) + 1))

    committed = {i for (i,) in owner.execute("SELECT id FROM plain")}
    missed = committed - set(naive.seen)
    assert missed, "the naive reader got lucky: nothing was in flight while it read"
    log.close()


def _write(databases: Databases, number: int) -> None:
    """Transactions that stall between their write and their end; some are given up, some killed."""
    chance = random.Random(number)
    connection = _connect(databases)
    versions = {LOG: 1, PLAIN: 1}
    for _ in range(ROUNDS):
        for statement in (LOG, PLAIN):
            fate = chance.choices(["commit", "rollback", "kill"], [8, 2, 1])[0]
            connection.execute(statement, {"stream": f"writer-{number}", "version": versions[statement]})
            threading.Event().wait(chance.choice([0, 0.001, 0.003, 0.01 if statement == PLAIN else 0.004]))
            if fate == "commit":
                connection.commit()
                versions[statement] += 2
            elif fate == "rollback":
                connection.rollback()
            else:
                _kill(connection)
                connection = _connect(databases)
    connection.close()


def _connect(databases: Databases) -> "psycopg.Connection[Any]":
    return psycopg.connect(databases.owner_dsn)


def _kill(connection: "psycopg.Connection[Any]") -> None:
    try:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    except psycopg.OperationalError:
        connection.close()
    else:
        raise AssertionError("the backend survived")
