"""Waits for new events: LISTEN on a connection of its own, and a clock for when that is away.

A notification that was missed costs a second, never an event: what to read is decided by positions.
"""

import contextlib
import logging
import os
import select
import time

import psycopg

from write_side.database import connect
from write_side.event_store import CHANNEL

log = logging.getLogger(__name__)

LISTENING = 1.0  # seconds between looks while notifications work
POLLING = 0.05  # while they do not
RECONNECT = 1.0


class Wakeup:
    """`wait` for new events or a `stop`, which may come from a signal handler or another thread."""

    def __init__(self, dsn: str, channel: str = CHANNEL) -> None:
        self.stopping = False
        self._channel = channel
        self._dsn = dsn
        self._conn: psycopg.Connection[tuple[object, ...]] | None = None
        self._next_try = 0.0
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)

    def stop(self) -> None:
        self.stopping = True
        with contextlib.suppress(OSError):  # full: somebody has written already
            os.write(self._write_end, b"x")

    def pause(self, seconds: float) -> None:
        """Sleeps, unless stopped."""
        if not self.stopping:
            select.select([self._read_end], [], [], seconds)

    def wait(self, seconds: float = LISTENING) -> bool:
        """Returns when there may be new events, at the latest after `seconds`; whether there was word
        of any."""
        if self.stopping:
            return False
        conn = self._listening()
        if conn is None:
            self.pause(min(seconds, POLLING))
            return False
        try:
            ready, _, _ = select.select([conn.fileno(), self._read_end], [], [], seconds)
            if conn.fileno() in ready:
                conn.pgconn.consume_input()
                while conn.pgconn.notifies() is not None:
                    pass
                return True
        except (psycopg.Error, OSError) as error:
            self._lost(error)
        return False

    def close(self) -> None:
        if self._conn is not None:
            self._conn.close()
        os.close(self._read_end)
        os.close(self._write_end)

    def _listening(self) -> psycopg.Connection[tuple[object, ...]] | None:
        if self._conn is None and time.monotonic() >= self._next_try:
            try:
                self._conn = connect(self._dsn)
                self._conn.execute(f"LISTEN {self._channel}")
            except psycopg.Error as error:
                self._lost(error)
            else:
                self.pause(0)  # events before LISTEN: one look without waiting
                return None
        return self._conn

    def _lost(self, error: Exception) -> None:
        log.info("no notifications from Postgres, looking every %s s: %s", POLLING, error)
        if self._conn is not None:
            self._conn.close()
        self._conn = None
        self._next_try = time.monotonic() + RECONNECT
