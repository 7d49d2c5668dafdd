"""The stand-in's one SQLite file, and the moment at which things become durable.

In: writes that queue up while an endpoint runs. Out: one transaction per request, so that
an effect, its saved answer and its webhooks are all on disk, or none, before the client
reads a byte. A process kill loses nothing; a power cut may (synchronous=NORMAL), which a
stand-in can afford: it is what makes a commit cost about 0.1 ms.
"""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Write = tuple[str, tuple[Any, ...]]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    position INTEGER PRIMARY KEY,  -- creation order, the order of lists
    key TEXT NOT NULL UNIQUE,
    class TEXT NOT NULL,
    state BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS answers (
    idempotency_key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    request_id TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS endpoints (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    events TEXT
);
CREATE TABLE IF NOT EXISTS deliveries (
    position INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_status INTEGER,
    state TEXT NOT NULL,
    UNIQUE (event, endpoint)
);
CREATE TABLE IF NOT EXISTS calls (
    position INTEGER PRIMARY KEY,
    call TEXT NOT NULL
);
"""


class HomeInUse(RuntimeError):
    """Another stand-in already runs on this home."""


class Database:
    """Queued writes, one commit."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0.5)
        self._queued: list[Write] = []
        self.collect: Callable[[], Iterable[Write]] = tuple
        try:
            # Exclusive: two processes would each overwrite the other's objects.
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(SCHEMA)
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise HomeInUse(f"{path} is in use by another process") from error

    def rows(self, query: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """What is on disk; queued writes are not in it."""
        return self._connection.execute(query, parameters).fetchall()

    def queue(self, statement: str, *parameters: Any) -> None:
        """Let a write join the next commit."""
        self._queued.append((statement, parameters))

    def commit(self) -> None:
        """Everything queued and every changed object, in one transaction."""
        writes = [*self.collect(), *self._queued]
        self._queued.clear()
        if not writes:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        for statement, parameters in writes:
            self._connection.execute(statement, parameters)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Commit what is left and release the home."""
        self.commit()
        self._connection.close()
