"""Hears which keys were destroyed, whoever destroyed them.

What enters: notifications of the key database (`migrations/keys/0002_news.sql`), over a connection of its
own. What leaves: calls of `forget(person_id)`; and `forget_everybody()` whenever something may have gone
unheard. Whoever keeps keys in memory asks `hearing` first, and keeps and uses none while it is False.

The connection is asked for a sign of life every second: on a machine that vanished, or in a process that
was held up, silence is no news. So no process uses a key for longer than `TRUST` seconds after its end.
"""

import logging
import os
import select
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

import psycopg

from write_side.database import connect

log = logging.getLogger(__name__)

CHANNEL: Final = "storefold_keys"
BEAT: Final = 1.0  # seconds between signs of life
TRUST: Final = 5.0  # seconds after the last one
PAUSE: Final = 0.5  # seconds before the next try after the database was away


class KeyNews:
    """Begins to listen when `hearing` is first asked for; until it does, and from `close` on, that is False."""

    def __init__(self, dsn: str, forget: Callable[[int], None], forget_everybody: Callable[[], None]) -> None:
        self._dsn = dsn
        self._forget = forget
        self._forget_everybody = forget_everybody
        self._heard = float("-inf")
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._wake: tuple[int, int] | None = None

    @property
    def hearing(self) -> bool:
        if self._thread is None:
            self._begin()
        return time.monotonic() - self._heard < TRUST

    def close(self) -> None:
        """Lets go of the connection."""
        with self._lock:
            self._closing.set()
            if self._thread is None or self._wake is None:
                return
            os.write(self._wake[1], b"x")
        self._thread.join()
        for end in self._wake:
            os.close(end)
        self._wake = None

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._wake = os.pipe()
                self._thread = threading.Thread(target=self._run, args=self._wake[:1], name="key news", daemon=True)
                self._thread.start()

    def _run(self, wake: int) -> None:
        said = False
        while not self._closing.is_set():
            try:
                with closing(connect(self._dsn, application_name="storefold key news")) as conn:
                    self._listen(conn, wake)
                said = False
            except psycopg.Error as error:
                if not said:
                    log.warning("no key is kept in memory while the key database does not answer: %s", error)
                said = True
            finally:
                self._heard = float("-inf")
                self._forget_everybody()
            self._closing.wait(PAUSE)

    def _listen(self, conn: psycopg.Connection[tuple[Any, ...]], wake: int) -> None:
        conn.add_notify_handler(lambda news: self._forget(int(news.payload)))
        conn.execute(f"LISTEN {CHANNEL}")
        self._forget_everybody()  # what was read before, nobody vouches for
        while not self._closing.is_set():
            asked = time.monotonic()
            conn.execute("SELECT")  # and whatever was announced until now
            self._heard = asked
            select.select([conn.fileno(), wake], [], [], BEAT)
