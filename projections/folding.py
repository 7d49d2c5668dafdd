"""Folds a batch of events into documents, in memory.

What enters: rows of the log, in order. What leaves: a `Batch`, the changed documents and their
places in lists. Each document is loaded once and sees every event of the batch in turn, so that the
second of two events builds on the first. The store is only read here.

An event that cannot be applied parks its document: it stays as the events before left it, and later
events pass it by until it is rebuilt. An event that cannot even be read parks its stream.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import OperationalError

from projections.model import NO_ENTRIES, Entry, Fold, Model, Moment
from projections.stores.base import Batch, Target
from read_side.documents.layout import Parked
from write_side.codecs import decode
from write_side.event_store import Row
from write_side.messages import Event

CACHED = 100_000  # documents; a few hundred bytes each

# What says nothing of the event: the key database, which opens personal values, may be away.
_NOT_POISON = (psycopg.Error, OperationalError)


class Step(msgspec.Struct, gc=False):
    """One event for one document."""

    target: Target
    model: Model[Any]
    fold: Fold
    event: Event
    moment: Moment
    stream: str


class Work:
    """A document in work, and what it was before the batch."""

    __slots__ = ("document", "entries", "last", "model", "position")

    def __init__(self, step: Step, stored: bytes | None) -> None:
        self.model = model = step.model
        self.last = step
        self.document: Any
        if stored is None:
            self.document = model.empty(step.target[1])
            self.entries: frozenset[Entry] = NO_ENTRIES
        else:
            self.document = model.decode(stored)
            self.entries = model.entries_of(self.document)
        self.position: int = self.document.position

    def apply(self, step: Step) -> None:
        """Once: a document leaves out what it has seen."""
        position = step.moment.position
        if self.document.position < position:
            step.fold(self.document, step.event, step.moment)
            self.document.position = position
            self.last = step


class Folder:
    """Folds batches for some models. `load` reads stored documents; what was committed is kept, so
    that busy documents are not read again. Documents are kept as bytes: what is thrown away after
    an error was never shared."""

    def __init__(
        self,
        models: Iterable[Model[Any]],
        load: Callable[[list[Target]], list[bytes | None]],
        parked: set[Target],
        cached: int = CACHED,
    ) -> None:
        self._load = load
        self._parked = parked
        self._cached = cached
        self._cache: dict[Target, bytes | None] = {}
        self._routes: dict[str, list[tuple[Model[Any], Fold]]] = {}
        for model in models:
            for event_type, fold in model.folds.items():
                self._routes.setdefault(event_type.TOPIC, []).append((model, fold))

    def fold(self, rows: Sequence[Row], seen: Mapping[str, int]) -> Batch:
        """What `rows` do to the documents of models that have seen the log up to `seen`."""
        batch = Batch()
        steps = self._steps(rows, seen, batch)
        stored = self._stored(steps)
        works: dict[Target, Work] = {}
        for number, step in enumerate(steps):
            target = step.target
            if self._parked and target in self._parked:
                continue
            try:
                work = works.get(target)
                if work is None:
                    work = works[target] = Work(step, stored[target])
                work.apply(step)
            except _NOT_POISON:
                raise
            except Exception as error:
                self._park(batch, step, error)
                self._repeat(works, steps[:number], target, stored[target])
        for target, work in works.items():
            if work.document.position > work.position:
                self._finish(batch, target, work)
        return batch

    def keep(self, batch: Batch, refused: Iterable[Parked] = ()) -> None:
        """The batch is stored: its documents are what a load would give now, except those that the
        store refused."""
        cache = self._cache
        for parked in refused:
            target = (parked.model, parked.key)
            self._parked.add(target)
            del batch.documents[target]
            cache.pop(target, None)
        for target, stored in batch.documents.items():
            cache.pop(target, None)  # to the young end
            cache[target] = stored
        if len(cache) > self._cached:
            for target in list(cache)[: len(cache) - self._cached + self._cached // 10]:
                del cache[target]

    def _steps(self, rows: Sequence[Row], seen: Mapping[str, int], batch: Batch) -> list[Step]:
        steps: list[Step] = []
        routes, parked = self._routes, self._parked
        # Nearly always: no model is ahead of the others (as after a swap), and nothing is parked.
        all_due = not parked and (not rows or rows[0][0] > max(seen.values()))
        for position, stream, _version, topic, state in rows:
            due = routes.get(topic)
            if due is not None and not all_due:
                due = [
                    (model, fold)
                    for model, fold in due
                    if seen[model.name] < position and (model.name, f"~{stream}") not in parked
                ]
            if not due:
                continue
            try:
                event, meta = decode(topic, state)
                moment = Moment(position, meta.at)
                steps += [
                    Step((model.name, model.key(stream, event)), model, fold, event, moment, stream)
                    for model, fold in due
                ]
            except Exception as error:
                for model, _ in due:
                    self._note(batch, (model.name, f"~{stream}"), position, stream, topic, error)
        return steps

    def _stored(self, steps: list[Step]) -> dict[Target, bytes | None]:
        stored = {step.target: self._cache.get(step.target) for step in steps}
        missing = [target for target, found in stored.items() if found is None]
        if missing:
            stored.update(zip(missing, self._load(missing), strict=True))
        return stored

    def _repeat(
        self, works: dict[Target, Work], steps: list[Step], target: Target, stored: bytes | None
    ) -> None:
        """A fold may fail half-way through a document: begin again, and stop before that event."""
        works.pop(target, None)
        for step in steps:
            if step.target == target:
                if target not in works:
                    works[target] = Work(step, stored)
                works[target].apply(step)

    def _finish(self, batch: Batch, target: Target, work: Work) -> None:
        model, document = work.model, work.document
        try:
            encoded = model.encode(document)
            entries = model.entries_of(document)
        except Exception as error:
            self._park(batch, work.last, error)
            return
        batch.documents[target] = encoded
        batch.versions[target] = document.position
        if entries != work.entries:
            batch.removed.extend((target, entry) for entry in work.entries - entries)
            batch.added.extend((target, entry) for entry in entries - work.entries)
        if model.in_memory:
            batch.changed.add(model.name)

    def _park(self, batch: Batch, step: Step, error: Exception) -> None:
        position = step.moment.position
        self._note(batch, step.target, position, step.stream, step.event.TOPIC, error)

    def _note(
        self,
        batch: Batch,
        target: Target,
        position: int,
        stream: str,
        topic: str,
        error: Exception,
    ) -> None:
        self._parked.add(target)
        model, key = target
        batch.parked.append(
            Parked(
                model=model,
                key=key,
                position=position,
                stream=stream,
                topic=topic,
                reason=repr(error),
            )
        )


def topics_of(models: Iterable[Model[Any]]) -> list[str]:
    """The events that these models know."""
    return sorted({event_type.TOPIC for model in models for event_type in model.folds})
