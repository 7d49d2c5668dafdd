"""Follows the log into one store, for ever.

Models that the store does not have (a new store, an emptied one, a model that was added to the
code) or has of another version (`Model.version`) are built beside the live ones first and become live once they have
caught up; until then readers see the old ones as they were left. A store that is
away is asked again and again; one that lost data is taken up at the position it has. The runner
stops only when told to, or when another runner has taken over (`Fenced`).
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import OperationalError

from projections.feed import Feed
from projections.follower import WINDOW, Follower, Tally
from projections.model import Model
from projections.rebuild import Interrupted, build, outdated
from projections.stores.base import Emptied, Refused, Reopen, Role, Store, StoreDown
from projections.wakeup import Wakeup

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds between tries at a store that is away
BEAT = 1.0  # seconds between signs of life
# A batch of one event costs nearly what one of fifty does. Under a steady trickle, batches begin at
# least this far apart; the first event after a quiet moment does not wait.
GATHER = 0.004
QUIET = 0.05  # seconds without events before what was put off is saved: between two batches it would delay the second


@dataclass(slots=True)
class Report:
    """A sign of life, kept in the store."""

    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    started: float = field(default_factory=time.time)
    at: float = 0.0
    position: int = 0
    reopened: int = 0
    done: Tally = field(default_factory=Tally)


class Runner:
    """One store's runner. `run` returns after `wakeup.stop()` and raises Fenced. `tidy` is told once a second how far
    it has come."""

    def __init__(
        self,
        events: Feed,
        store: Store,
        models: Sequence[Model[Any]],
        wakeup: Wakeup,
        window: int = WINDOW,
        tidy: Callable[[int], None] | None = None,
    ) -> None:
        self._events = events
        self._store = store
        self._models = models
        self._wakeup = wakeup
        self._window = window
        self._tidy = tidy
        self._acquired = False
        self._trouble: str | None = None
        self.report = Report()

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._wakeup.stopping:
            try:
                self._follow(self._open())
            except Emptied as why:
                log.error("ALARM: %s: %s; building every model again", self._store.name, why)
                self._acquired = False  # the token is lost with the rest
            except Reopen as why:
                log.warning("%s: %s; going on from there", self._store.name, why)
            except Interrupted:
                continue
            except (StoreDown, OperationalError, psycopg.Error) as error:
                self._say_once(error)
                self._wakeup.pause(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE
            self.report.reopened += 1

    def _open(self) -> Follower:
        if not self._acquired:
            self._store.acquire(Role.RUNNER)
            self._acquired = True
        live = self._store.live()
        others = outdated(self._store, self._models, live)
        missing = [model for model in self._models if model.name not in live or model.name in others]
        if missing:
            if others:
                log.warning("%s: another version made %s; building anew", self._store.name, ", ".join(others.values()))
            build(self._events, self._store, missing, stopping=lambda: self._wakeup.stopping)
            live = self._store.live()
        session = self._store.session(Role.RUNNER, live)
        return Follower(self._events, session, self._models, self._window, self.report.done)

    def _follow(self, follower: Follower) -> None:
        next_beat, settled = 0.0, True
        while not self._wakeup.stopping:
            began = time.monotonic()
            moved = follower.step()
            self._recovered()
            if began >= next_beat:
                self._beat(follower)
                next_beat = began + BEAT
            if moved:
                settled = False
            elif settled:
                self._wakeup.wait()
            elif not self._wakeup.wait(QUIET):
                follower.settle()
                settled = True
            if 0 < moved < self._window:
                rest = GATHER - (time.monotonic() - began)
                if rest > 0:
                    self._wakeup.pause(rest)

    def _beat(self, follower: Follower) -> None:
        report = self.report
        report.at = time.time()
        report.position = follower.position
        follower.beat(msgspec.json.encode(report))
        if self._tidy is not None:
            self._tidy(follower.position)

    def _say_once(self, error: Exception) -> None:
        """A store that is away for hours is one line when it goes and one when it is back."""
        kind = type(error).__name__
        if self._trouble != kind:
            self._trouble = kind
            level = logging.ERROR if isinstance(error, Refused) else logging.WARNING
            log.log(level, "%s: waiting: %s", self._store.name, error)

    def _recovered(self) -> None:
        if self._trouble is not None:
            self._trouble = None
            log.warning("%s: going on", self._store.name)
