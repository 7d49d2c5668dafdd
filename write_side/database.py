"""Connections to the write side's Postgres: one per thread, made when first used, remade when lost."""

import select
import threading
from typing import Any

import psycopg

CONNECT_TIMEOUT = 3  # seconds; a stopped Postgres on loopback refuses at once
_OPTIONS: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT,
    "keepalives_idle": 10,
    "tcp_user_timeout": 10_000,  # ms: a server that vanished is noticed, not waited for
    "application_name": "storefold",
}


def connect(dsn: str, **options: Any) -> psycopg.Connection[tuple[Any, ...]]:
    """A new autocommit connection. Raises psycopg.OperationalError when nobody answers."""
    return psycopg.connect(dsn, autocommit=True, **{**_OPTIONS, **options})


def _hung_up(conn: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Whether the server has closed an idle connection. Found out before anything is sent, a stopped
    server means "nothing was done"; after, it means doubt."""
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class Database:
    """A connection per thread. `lost()` throws the caller's away, so that the next use reconnects."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: set[psycopg.Connection[tuple[Any, ...]]] = set()

    @property
    def connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        conn: psycopg.Connection[tuple[Any, ...]] | None = getattr(self._local, "conn", None)
        if conn is None or conn.closed or _hung_up(conn):
            self.lost()
            conn = connect(self.dsn)
            self._local.conn = conn
            with self._lock:
                self._all.add(conn)
        return conn

    def lost(self) -> None:
        conn = getattr(self._local, "conn", None)
        if conn is not None:
            self._local.conn = None
            with self._lock:
                self._all.discard(conn)
            conn.close()

    def close(self) -> None:
        with self._lock:
            connections, self._all = self._all, set()
        for conn in connections:
            conn.close()
