"""Takes erased people out of what nobody reads any more: generations that are kept for switching back, what killed
builders left, and the file that Redis appends every write to.

What enters: how far the live models have come, once a second. What leaves: nothing that was written about a person
before they were erased. The live documents were rewritten by the event itself; a generation that stopped following
the log before it still shows everything, and goes. The file of a running Redis holds every old value until it is
rewritten: that is asked for, and seen to its end; what is erased meanwhile waits for the next one.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any, Final

from projections.model import Model
from projections.stores.redis import RedisStore, Rewriting
from write_side.account.events import AccountErased
from write_side.event_store import PostgresLog

log = logging.getLogger(__name__)

PAUSE: Final = 9  # times as long as a rewrite took, until the next: a large file is not rewritten all the time
STILL: Final = 60.0  # seconds without a move after which a half-built generation has no builder


class Scrubber:
    """For the runner of a store with personal documents. What was done is remembered in the store."""

    def __init__(self, events: PostgresLog, store: RedisStore, models: Iterable[Model[Any]]) -> None:
        self._events = events
        self._store = store
        self._personal = {model.name for model in models if model.personal}
        self._clean = -1  # up to which position nothing of the erased is left; -1: not known
        self._rewritten = 0  # of which erasure a rewrite knows that was begun after it
        self._began: float | None = None  # when that rewrite was
        self._next = 0.0
        self._halves: dict[str, tuple[int, float]] = {}  # generation: where it stood, since when

    def look(self, position: int) -> None:
        """`position`: up to where the live models have seen the log. Raises StoreDown and OperationalError."""
        last = self._events.last(AccountErased.TOPIC)
        if last == 0 or last <= self._clean or position < last:
            return
        if self._clean < 0:
            self._clean = self._store.scrubbed()
            return
        dropped, waiting = self._drop(last)
        if dropped:
            self._rewritten = 0
        rewriting = self._store.rewriting_file()
        if rewriting is Rewriting.AT_WORK:
            return
        now = time.monotonic()
        if self._began is not None:
            self._next = now + PAUSE * (now - self._began)
            self._began = None
            if rewriting is Rewriting.FAILED:
                log.error("Redis could not rewrite its file, which still shows who was erased; it is asked again")
                self._rewritten = 0
        if self._rewritten < last:
            if now >= self._next and self._store.rewrite_file():
                self._rewritten, self._began = last, now
        elif not waiting:
            self._clean = last
            self._store.set_scrubbed(last)

    def _drop(self, last: int) -> tuple[bool, bool]:
        """Whether a generation was dropped, and whether one waits: it may have a builder, who will come to the
        erasure by themselves."""
        live, kept = set(self._store.live().values()), set(self._store.previous().values())
        now, dropped, halves = time.monotonic(), False, {}
        for generation, stands in self._store.standings().items():
            if generation in live or stands >= last or generation.rpartition(".")[0] not in self._personal:
                continue
            before = self._halves.get(generation)
            since = before[1] if before is not None and before[0] == stands else now
            if generation in kept or now - since >= STILL:
                log.warning("%s is deleted: somebody was erased who is in it", generation)
                self._store.drop(generation)
                dropped = True
            else:
                halves[generation] = (stands, since)
        self._halves = halves
        return dropped, bool(halves)
