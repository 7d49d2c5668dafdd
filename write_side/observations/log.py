"""The log of observations in Postgres. It reads like the log of events, so that projections follow both alike."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from write_side.database import Database
from write_side.event_store import Row
from write_side.observations.observed import Observed, decode, encode

CHANNEL = "storefold_observed"


class ObservationLog:
    """Thread-safe: each thread has its own connection. Raises psycopg's errors; after an OperationalError nobody
    knows whether an append got through, and it may be sent again."""

    decode = staticmethod(decode)

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            yield self.database.connection
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self.database.lost()
            raise

    def append(self, batch: UUID, observed: Observed) -> int:
        """Its position: the first one when it was sent before."""
        with self.connection() as conn:
            row = conn.execute("SELECT observations_append(%s, %s)", (batch, encode(observed))).fetchone()
        assert row is not None
        return int(row[0])

    def head(self) -> int:
        """The position of the last batch; 0 for none."""
        with self.connection() as conn:
            row = conn.execute("SELECT position FROM observations_head").fetchone()
        assert row is not None
        return int(row[0])

    def read(self, after: int, window: int, topics: Sequence[str] | None = None) -> tuple[list[Row], int]:
        """The batches of the next `window` positions after `after`, each in a stream of its own (one that cannot be
        read holds up no other), and the position up to which the log was read. All are of one topic."""
        with self.connection() as conn:
            upto = min(after + window, self.head())
            if upto <= after:
                return [], after
            query = """SELECT position, 'observed-' || position, 1, 'observed', state FROM observations
                WHERE position > %s AND position <= %s ORDER BY position"""
            return conn.execute(query, (after, upto), binary=True).fetchall(), upto

    def firsts(self, streams: Sequence[str]) -> list[Row]:
        """No batch is told with an earlier one."""
        raise NotImplementedError(f"observations have no beginning: {streams}")

    def close(self) -> None:
        self.database.close()
