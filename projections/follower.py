"""Takes some models of one store forward along the log, a batch at a time. The runner follows the
live generations with it for ever, a rebuild brings new ones up to the head of the log."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from projections.feed import Feed
from projections.folding import Folder, topics_of
from projections.model import Model
from projections.stores.base import Session

log = logging.getLogger(__name__)

WINDOW = 1000  # events; twice as many save little, and their documents wait for one another


@dataclass(slots=True)
class Tally:
    """What was done so far: events taken, batches written, documents parked."""

    events: int = 0
    batches: int = 0
    parked: int = 0


class Follower:
    """One session's models. After any error it is of no more use: what it believes to be stored may
    not be; a new one begins at the stored positions."""

    def __init__(
        self,
        events: Feed,
        session: Session,
        models: Sequence[Model[Any]],
        window: int = WINDOW,
        tally: Tally | None = None,
    ) -> None:
        self._events = events
        self._session = session
        self._folder = Folder(
            models, session.load, session.parked(), events.firsts, session.members, decode=events.decode
        )
        self._topics = topics_of(models)
        self._window = window
        self.seen = session.positions()
        self.tally = tally or Tally()

    @property
    def position(self) -> int:
        """Up to where all the models have seen the log."""
        return min(self.seen.values())

    def step(self) -> int:
        """Folds and stores what is there, up to a window of events; returns how far that went."""
        before = self.position
        rows, upto = self._events.read(before, self._window, self._topics)
        if upto == before:
            return 0
        batch = self._folder.fold(rows, self.seen)
        refused = self._session.write(batch, self.seen, upto)
        self._folder.keep(batch, refused)
        self.seen = {model: max(position, upto) for model, position in self.seen.items()}
        self.tally.batches += 1
        self.tally.events += len(rows)
        for parked in batch.parked + refused:
            self.tally.parked += 1
            log.error(
                "ALARM: %s/%s is parked at event %s (%s of %s): %s",
                *(parked.model, parked.key, parked.position, parked.topic, parked.stream),
                parked.reason,
            )
        return upto - before

    def settle(self) -> None:
        """To be called when there is nothing more to do for now."""
        self._session.settle()

    def beat(self, report: bytes) -> None:
        """A sign of life; notices, while nothing happens, what `step` would notice."""
        self._session.beat(report)
