"""Counts what surfaces observe, and writes it down a few times a second.

A read only counts, in memory: it waits for no store and cannot fail. A thread of its own writes what has come
together. While Postgres is away counts grow; what is observed of more things than fit is dropped, counted, and
written down as dropped when Postgres is back. What was counted and not yet written dies with a killed process.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg

from write_side.observations.log import ObservationLog
from write_side.observations.observed import Count, Kind, Observed

log = logging.getLogger(__name__)

EVERY = 0.25  # seconds between two writes
MOST = 20_000  # different things, some 3 MB: half an hour without Postgres of a shop that shows ten new ones a second
PIECE = 500  # counts a row: who folds a thousand rows at once holds half a million at the most
LONGEST_PAUSE = 2.0  # seconds between tries at a Postgres that is away
LAST_WORD = 2.0  # seconds to write the rest when the process ends

Key = tuple[str, int, int | None]


class Observer:
    """`clock` gives the time as events carry it. `dropped`: how many were lost so far, `waiting`: things whose counts
    are not written yet."""

    def __init__(
        self, store: ObservationLog, clock: Callable[[], str], *, every: float = EVERY, most: int = MOST
    ) -> None:
        self._store = store
        self._clock = clock
        self._every = every
        self._most = most
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()
        self._unsaid = 0  # of what was dropped
        self._batches: list[tuple[UUID, Observed]] = []  # on their way: perhaps written, perhaps not
        self._thread: threading.Thread | None = None
        self._something = threading.Event()
        self._stopping = threading.Event()
        self._away = False
        self.dropped = 0

    @property
    def waiting(self) -> int:
        with self._lock:
            return len(self._counts) + sum(len(observed.counts) for _, observed in self._batches)

    def observe(self, kind: Kind, subject: int, person_id: int | None = None) -> None:
        """Returns at once, whatever stands still."""
        key = (kind.value, subject, person_id)
        with self._lock:
            if len(self._counts) >= self._most and key not in self._counts:
                self.dropped += 1
                self._unsaid += 1
                return
            self._counts[key] += 1
            if self._thread is None:  # here, for a server may fork after it has put its parts together
                self._thread = threading.Thread(target=self._write_on, name="observations", daemon=True)
                self._thread.start()
        if not self._something.is_set():
            self._something.set()

    def close(self) -> None:
        """Writes what is left, if Postgres answers."""
        self._stopping.set()
        self._something.set()
        if self._thread is not None:
            self._thread.join(LAST_WORD)
        if self.waiting:
            log.warning("%s counts of observations were not written: Postgres was away", self.waiting)

    def _write_on(self) -> None:
        pause = self._every
        while not self._stopping.is_set():
            self._something.wait()
            self._stopping.wait(pause)
            self._something.clear()
            through = self._flush()
            pause = self._every if through else min(pause * 2, LONGEST_PAUSE)
            if not through or self._counts:
                self._something.set()
        while self.waiting and self._flush():
            pass

    def _flush(self) -> bool:
        """Whether what is on its way got through; if nothing was, what had been counted until now."""
        if not self._batches:
            self._gather()
        while self._batches:
            batch, observed = self._batches[0]
            try:
                self._store.append(batch, observed)
            except psycopg.Error as error:
                if not self._away:
                    log.warning("observations wait: Postgres: %s", error)
                self._away = True
                return False
            except Exception:  # ours, so it would fail for ever, and must not hold up the rest
                log.exception("ALARM: %s counts of observations cannot be written", len(observed.counts))
                with self._lock:
                    self.dropped += sum(count.times for count in observed.counts)
            with self._lock:
                del self._batches[0]
        if self._away:
            self._away = False
            log.warning("observations are written again; %s were dropped since this process began", self.dropped)
        return True

    def _gather(self) -> None:
        with self._lock:
            counted, self._counts = self._counts, Counter()
            if self._unsaid:
                counted[Kind.DROPPED.value, 0, None] = self._unsaid
                self._unsaid = 0
        counts = [Count(*key, times) for key, times in counted.items()]
        at = self._clock()
        batches = [
            (uuid4(), Observed(at=at, counts=tuple(counts[start : start + PIECE])))
            for start in range(0, len(counts), PIECE)
        ]
        with self._lock:
            self._batches = batches
