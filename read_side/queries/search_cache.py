"""What Elasticsearch answered, kept for as long as asking again would say the same.

A change can be searched for from the index's next refresh on, at most `VISIBLE` seconds after it is announced. What was
asked for later than that is good until the next announcement, and repeated for `KEPT` seconds. What was asked for
sooner, or has been overtaken by a change, is repeated for `BRIEFLY`: a shop that sells something every moment would
keep nothing otherwise. So a search is behind the log by `VISIBLE + BRIEFLY` seconds at most. Who must see a position
has the index refreshed, and nothing from before that refresh is repeated.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from read_side.documents.layout import SEARCH
from read_side.positions import Positions

VISIBLE: Final = 1.1  # seconds: the index's refresh interval, and the refresh
BRIEFLY: Final = 0.5  # seconds
KEPT: Final = 5.0  # seconds: if an announcement is lost nevertheless, or Elasticsearch is gone, it soon shows
ROOM: Final = 32 * 2**20  # bytes of answers
LARGEST: Final = 2**18  # bytes: a walk through everything is asked for once, and would drive out what many ask for


class _Answer(NamedTuple):
    body: bytes
    asked: float
    refreshed: int


class SearchCache:
    """One per process. `clock`: seconds that only rise."""

    def __init__(self, positions: Positions, room: int = ROOM, clock: Callable[[], float] = time.monotonic) -> None:
        self._positions = positions
        self._room = room
        self._clock = clock
        self._changed = clock()
        self._size = 0
        self._answers: OrderedDict[bytes, _Answer] = OrderedDict()
        positions.on_change(self._hear)

    @property
    def now(self) -> float:
        return self._clock()

    def get(self, query: bytes, refreshed: int) -> bytes | None:
        """What the query was answered since the index was refreshed for the position `refreshed`."""
        found = self._answers.get(query)
        # Without announcements nobody knows what changed.
        if found is None or not self._positions.alive or found.refreshed != refreshed:
            return None
        settled = found.asked >= self._changed + VISIBLE
        if self._clock() >= found.asked + (KEPT if settled else BRIEFLY):
            return None
        self._answers.move_to_end(query)
        return found.body

    def put(self, query: bytes, body: bytes, asked: float, refreshed: int) -> None:
        """Keeps an answer. `asked` and `refreshed`: as they were before the query was sent."""
        self._drop(query)
        if len(body) > LARGEST:
            return
        self._answers[query] = _Answer(body, asked, refreshed)
        self._size += len(query) + len(body)
        while self._size > self._room:
            self._drop(next(iter(self._answers)))

    def _drop(self, query: bytes) -> None:
        found = self._answers.pop(query, None)
        if found is not None:
            self._size -= len(query) + len(found.body)

    def _hear(self, changed: set[str] | None) -> None:
        if changed is None or SEARCH in changed:
            self._changed = self._clock()
