"""Tails the log and hands its effects to the workers.

What enters: events that have an effect (`write_side/processes/effects.py`). What leaves: rows of open
effects, then tasks, then the checkpoint, in this order: dying in between repeats tasks, which is
harmless, and loses none. One dispatcher acts at a time, the one that holds an advisory lock of the
log's database; others wait for it. The lock lives in the connection over which rows and checkpoint are
written, so a dispatcher that lost it cannot write any more, whatever it still believes.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
from eventsourcing.persistence import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from workers import open_effects
from workers.open_effects import Connection, Open
from workers.presence import DISPATCHER_LOCK
from workers.pruning import AT_ONCE, EVERY
from workers.reconciler import reconcile
from write_side.codecs import decode
from write_side.database import Database, connect
from write_side.event_store import CHANNEL, PostgresLog
from write_side.processes.effects import TOPICS, effect_of

log = logging.getLogger(__name__)

NAME = "dispatcher"
WINDOW = 10_000  # positions per look; of most only the topic is read
TICK = 0.25  # seconds: how late an overdue effect may be found, and how often a standby asks
GATHER = 0.02  # seconds after a look: under load the log speaks up a thousand times a second
PAUSE = 1.0  # seconds before the next try after Postgres or the broker was away


class Dispatcher:
    """`send` enqueues the task of an effect; raises kombu's OperationalError when it could not. `prune` forgets what
    is past its time, now and then."""

    def __init__(
        self, dsn: str, send: Callable[[Open], None], prune: Callable[[Connection], int] | None = None
    ) -> None:
        self._dsn = dsn
        self._send = send
        self._prune = prune
        self._log = PostgresLog(Database(dsn))
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ends `run` within a tick."""
        self._stop.set()

    def run(self) -> None:
        """Waits for its turn, then dispatches until `stop`. Outlives outages of Postgres and the broker."""
        while not self._stop.is_set():
            try:
                with closing(connect(self._dsn)) as conn:
                    self._await_turn(conn)
                    self._act(conn)
            except (psycopg.Error, OperationalError, BrokerError) as error:
                log.warning("dispatching stopped, trying again in %s s: %s", PAUSE, error)
                self._stop.wait(PAUSE)
        self._log.close()

    def _await_turn(self, conn: Connection) -> None:
        while not self._stop.is_set():
            row = conn.execute("SELECT pg_try_advisory_lock(%s)", (DISPATCHER_LOCK,)).fetchone()
            if row == (True,):
                log.info("dispatching")
                return
            self._stop.wait(TICK)

    def _act(self, conn: Connection) -> None:
        conn.execute(f"LISTEN {CHANNEL}")
        position = stored = _checkpoint(conn)
        reconciled, pruned = 0.0, float("-inf")
        while not self._stop.is_set():
            position, stored = self._dispatch(conn, position, stored)
            if time.monotonic() - reconciled >= TICK:
                reconcile(conn, self._send)
                reconciled = time.monotonic()
            if time.monotonic() - pruned >= EVERY and (self._prune is None or self._prune(conn) < AT_ONCE):
                pruned = time.monotonic()
            self._stop.wait(GATHER)
            for _ in conn.notifies(timeout=TICK, stop_after=1):
                pass

    def _dispatch(self, conn: Connection, position: int, stored: int) -> tuple[int, int]:
        """Everything up to the log's head; the position that was reached, and the checkpoint."""
        while not self._stop.is_set():
            rows, upto = self._log.read(position, WINDOW, TOPICS)
            if upto == position:
                break
            opened = []
            for at, _stream, _version, topic, state in rows:
                event, meta = decode(topic, state)
                effect = effect_of(event, at, meta)
                if effect is not None:
                    opened.append(Open(effect, at, meta.correlation or meta.request))
            open_effects.add(conn, opened)
            for one in opened:
                if not one.effect.after:
                    self._send(one)
            position = upto
            if opened or position - stored >= WINDOW:
                # What has no effect is read again after a restart: cheaper than a write for each look.
                _store(conn, position)
                stored = position
        return position, stored


def run_until_signalled(dispatcher: Dispatcher) -> None:
    """Runs in the foreground until SIGTERM or SIGINT; to be called on a process's main thread."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: dispatcher.stop())
    dispatcher.run()


def _checkpoint(conn: Connection) -> int:
    row = conn.execute("SELECT position FROM checkpoints WHERE name = %s", (NAME,)).fetchone()
    return int(row[0]) if row else 0


def _store(conn: Connection, position: int) -> None:
    conn.execute(
        """INSERT INTO checkpoints (name, position) VALUES (%s, %s)
        ON CONFLICT (name) DO UPDATE SET position = EXCLUDED.position""",
        (NAME, position),
    )
