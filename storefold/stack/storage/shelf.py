"""The stand-in's objects on disk: one SQLite file.

A process kill loses nothing that was answered; a power cut may (synchronous=NORMAL), which a stand-in can afford.
"""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    key TEXT PRIMARY KEY,
    content_type TEXT NOT NULL,
    stored_at TEXT NOT NULL,  -- ISO 8601
    content BLOB NOT NULL
)
"""


class HomeInUse(RuntimeError):
    """Another stand-in already runs on this home."""


class Stored(NamedTuple):
    """An object. `stored_at`: by the server's clock, naive, as moto has it."""

    key: str
    content_type: str
    stored_at: datetime
    content: bytes


class Shelf:
    """Each call is a transaction. For any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0.5, check_same_thread=False)
        try:
            # Exclusive: of two processes, each would serve what the other deleted.
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(SCHEMA)
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise HomeInUse(f"{path} is in use by another process") from error

    def everything(self) -> Iterator[Stored]:
        """Every object, one in memory at a time."""
        rows = self._connection.execute("SELECT key, content_type, stored_at, content FROM objects")
        for key, kind, at, content in rows:
            yield Stored(key, kind, datetime.fromisoformat(at), content)

    def put(self, stored: Stored) -> None:
        row = (stored.key, stored.content_type, stored.stored_at.isoformat(), stored.content)
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", row)

    def keep_only(self, prefix: str, keys: set[str]) -> None:
        """Deletes what begins so and is none of `keys`."""
        with self._lock:
            begins = "SELECT key FROM objects WHERE substr(key, 1, ?) = ?"
            found = self._connection.execute(begins, (len(prefix), prefix))
            gone = [(key,) for (key,) in found if key not in keys]
            if gone:
                self._connection.execute("BEGIN")
                self._connection.executemany("DELETE FROM objects WHERE key = ?", gone)
                self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
