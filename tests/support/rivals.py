"""Rivals of the bus, injected where they hurt: who holds the log's lock, who appends first."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from support.databases import Databases
from support.shop import SERVICE
from write_side.bus import Bus
from write_side.catalog.brand.commands import CreateBrand


@contextmanager
def log_held(databases: Databases) -> Iterator["psycopg.Connection[Any]"]:
    """Nobody can append in the meantime. The rival's connection: what it does itself is committed in
    the end, unless it rolls back before."""
    with psycopg.connect(databases.owner_dsn) as rival:
        rival.execute("SELECT position FROM log_head FOR UPDATE")
        yield rival


@contextmanager
def one_batch(databases: Databases, bus: Bus) -> Iterator[None]:
    """What is submitted meanwhile becomes one batch: the batch before it waits for the log."""
    with log_held(databases):
        first = bus.submit(CreateBrand(name=f"Brand {time.monotonic_ns()}"), SERVICE)
        await_appends_waiting(databases)
        yield
    first.result()


def await_appends_waiting(databases: Databases, count: int = 1) -> list[int]:
    """Waits until so many appends wait for the log's lock; the pids of their backends."""
    return await_lock(databases, "%log_append%", count)


def await_lock(databases: Databases, query: str, count: int = 1) -> list[int]:
    """Waits until so many queries like this one wait for a lock; the pids of their backends."""
    waiting = """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE %s"""
    with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
        deadline = time.monotonic() + 10
        while len(rows := owner.execute(waiting, (query,)).fetchall()) < count:
            assert time.monotonic() < deadline, f"{len(rows)} of {count} wait for a lock"
            time.sleep(0.005)
    return [pid for (pid,) in rows]
