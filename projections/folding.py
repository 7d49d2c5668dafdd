"""Folds a batch of events into documents, in memory.

What enters: rows of the log, in order. What leaves: a `Batch`, the changed documents and their
places in lists. Each document is loaded once and sees all its events of the batch in turn, so that
the second of two events builds on the first. The store is only read here.

An event that cannot be applied parks its document: it stays as the events before left it, and later
events pass it by until it is rebuilt, but for one that erases. An event that cannot even be read parks its
stream.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from projections.feed import Dated
from projections.model import Entry, Fold, Model, Moment, Ranked, Recalled, erases
from projections.spreading import NOT_POISON, Spreading
from projections.stores.base import Batch, Target
from read_side.documents.layout import Parked
from write_side import codecs
from write_side.event_store import Row
from write_side.messages import Event

CACHED = 100_000  # documents; a few hundred bytes each

Spread = Callable[[Any], Collection[str]]
Route = tuple[Model[Any], Fold, bool, Spread | None]
"""Who wants an event, whether together with the first of its stream, and for the documents of which lists."""
Decode = Callable[[str, bytes], tuple[Any, Dated]]
"""Topic and stored bytes: the event, and when it was written."""


class Step(msgspec.Struct, gc=False):
    """One event for one document: the whole of it, or the part that concerns the document."""

    fold: Fold
    told: Any
    moment: Moment
    stream: str
    topic: str


class Work(msgspec.Struct, gc=False):
    """A document and what a batch holds for it."""

    model: Model[Any]
    steps: list[Step]


class Folder:
    """Folds batches for some models. `load` reads stored documents; what was committed is kept, so
    that busy documents are not read again. Documents are kept as bytes: what is thrown away after
    an error was never shared. `recall` reads the first events of streams from the log, `members` the keys
    in a list of a model."""

    def __init__(
        self,
        models: Iterable[Model[Any]],
        load: Callable[[list[Target]], list[bytes | None]],
        parked: set[Target],
        recall: Callable[[list[str]], list[Row]],
        members: Callable[[str, str], list[str]],
        cached: int = CACHED,
        decode: Decode = codecs.decode,
    ) -> None:
        self._load = load
        self._decode = decode
        self._parked = parked
        self._recall = recall
        self._members = members
        self._cached = cached
        self._cache: dict[Target, bytes | None] = {}
        self._routes: dict[str, list[Route]] = {}
        self._recalled: set[str] = set()
        self._erasing: set[str] = set()
        for model in models:
            self._recalled |= {event_type.TOPIC for event_type in model.recalls}
            for event_type, fold in model.folds.items():
                route = (model, fold, event_type in model.recalls, model.spreads.get(event_type))
                self._routes.setdefault(event_type.TOPIC, []).append(route)
                if erases(event_type):
                    self._erasing.add(event_type.TOPIC)

    def fold(self, rows: Sequence[Row], seen: Mapping[str, int]) -> Batch:
        """What `rows` do to the documents of models that have seen the log up to `seen`."""
        batch = Batch()
        works = self._sort(rows, seen, batch)
        for target in self._parked.intersection(works) if self._parked else ():
            works[target].steps = self._erasures(works[target].steps)
            if not works[target].steps:
                del works[target]
        stored = self._stored(list(works))
        for target, work in works.items():
            try:
                self._change(batch, target, work, stored[target])
            except NOT_POISON:
                raise
            except Exception as error:
                self._poisoned(batch, target, work, stored[target], error)
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

    def _sort(self, rows: Sequence[Row], seen: Mapping[str, int], batch: Batch) -> dict[Target, Work]:
        """The events by the documents that they are for."""
        works: dict[Target, Work] = {}
        routes, parked = self._routes, self._parked
        firsts = self._firsts(rows)
        spreading = Spreading(self._members, self._stored)
        # Nearly always: no model is ahead of the others (as after a swap), and nothing is parked.
        all_due = not parked and (not rows or rows[0][0] > max(seen.values()))
        for position, stream, _version, topic, state in rows:
            due = routes.get(topic)
            if due is not None and not all_due:
                due = [
                    route
                    for route in due
                    if seen[route[0].name] < position
                    and ((route[0].name, f"~{stream}") not in parked or topic in self._erasing)
                ]
            if not due:
                continue
            try:
                event, meta = self._decode(topic, state)
            except Exception as error:
                all_due = False
                for model, *_ in due:
                    self._park(batch, (model.name, f"~{stream}"), position, stream, topic, error)
                continue
            moment = Moment(position, meta.at)
            for model, fold, recalls, spread in due:
                try:
                    told = recalled(event, firsts[stream]) if recalls else event
                    key: str | Mapping[str, Any]
                    if spread is None:
                        key = model.key(stream, told, moment)
                    else:
                        key = dict.fromkeys(spreading.keys(model, spread(event), works), told)
                    for each, part in ((key, told),) if type(key) is str else key.items():  # type: ignore[union-attr]
                        target = (model.name, each)
                        work = works.get(target)
                        if work is None:
                            work = works[target] = Work(model, [])
                        work.steps.append(Step(fold, part, moment, stream, topic))
                except NOT_POISON:
                    raise
                except Exception as error:
                    all_due = False
                    self._park(batch, (model.name, f"~{stream}"), position, stream, topic, error)
        return works

    def _firsts(self, rows: Sequence[Row]) -> dict[str, Row]:
        """The first events of the streams that have an event which is told with it."""
        recalled = self._recalled
        streams = {row[1] for row in rows if row[3] in recalled} if recalled else ()
        return {row[1]: row for row in self._recall(sorted(streams))} if streams else {}

    def _stored(self, targets: list[Target]) -> dict[Target, bytes | None]:
        stored = {target: self._cache.get(target) for target in targets}
        missing = [target for target, found in stored.items() if found is None]
        if missing:
            stored.update(zip(missing, self._load(missing), strict=True))
        return stored

    def _change(self, batch: Batch, target: Target, work: Work, stored: bytes | None) -> None:
        """Applies the steps to the stored document. Puts nothing into the batch before all is
        done."""
        model = work.model
        document = model.empty(target[1]) if stored is None else model.decode(stored)
        before = model.entries_of(document)
        reached = first = document.position
        for step in work.steps:
            position = step.moment.position
            if position > reached:
                step.fold(document, step.told, step.moment)
                document.position = reached = position
        if reached == first:
            return
        encoded = model.encode(document)
        entries = model.entries_of(document)
        batch.documents[target] = encoded
        batch.versions[target] = reached
        if entries != before:
            added = entries - before
            batch.added.extend((target, entry) for entry in added)
            batch.removed.extend((target, entry) for entry in _left(before - entries, added))
        if model.in_memory:
            batch.changed.add(model.name)

    def _poisoned(self, batch: Batch, target: Target, work: Work, stored: bytes | None, error: Exception) -> None:
        """Finds the step that fails, by leaving out more and more of the last ones: a fold may fail
        half-way through a document, and what cannot be encoded shows only in the end."""
        steps, last = work.steps, work.steps[-1]
        while steps:
            last = steps[-1]
            steps = steps[:-1]
            try:
                later = self._erasures(work.steps[len(steps) + 1 :])
                self._change(batch, target, Work(work.model, [*steps, *later]), stored)
            except NOT_POISON:
                raise
            except Exception as earlier:
                error = earlier
            else:
                break
        position = last.moment.position
        self._park(batch, target, position, last.stream, last.topic, error)

    def _erasures(self, steps: list[Step]) -> list[Step]:
        """What a document takes that is parked: it may lag behind, but show nothing that was erased."""
        return [step for step in steps if step.topic in self._erasing]

    def _park(
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


def _left(gone: frozenset[Entry], added: frozenset[Entry]) -> Iterable[Entry]:
    """A document that only moves within a list is put to its new place, and need not leave it first."""
    moved = {entry.name for entry in added if type(entry) is Ranked}
    return (entry for entry in gone if type(entry) is not Ranked or entry.name not in moved)


def recalled(event: Event, first: Row) -> Recalled:
    """The event with the row that its stream began with."""
    began, meta = codecs.decode(first[3], first[4])
    return Recalled(event, began, Moment(first[0], meta.at))


def topics_of(models: Iterable[Model[Any]]) -> list[str]:
    """The events that these models know."""
    return sorted({event_type.TOPIC for model in models for event_type in model.folds})
