"""Finds the documents that an event of another stream concerns: those in some lists of a model.

What enters: the names of the lists (`Model.spreads`), and what a batch has so far for the model's documents. What
leaves: keys, of those that stand there where the batch began and of those that earlier events of the batch put
there. The lists are a function of the log before the event, so any cutting into batches finds the same. All their
documents are changed in one batch: a person has some hundreds of orders, hardly thousands.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import OperationalError

from projections.model import Model, Ranked
from projections.stores.base import Target

# What says nothing of the event: the key database, which opens personal values, may be away.
NOT_POISON = (psycopg.Error, OperationalError)


class Begun(msgspec.Struct, gc=False):
    """A document as its first steps of a batch leave it, worked on a copy that is thrown away."""

    document: Any
    steps: int = 0
    broken: bool = False  # by an event that cannot be applied: as far as that one


class Spreading:
    """For one batch. `members(model, list)` are the keys that the store has there, `stored(targets)` the bytes of
    documents as they were before the batch."""

    def __init__(
        self,
        members: Callable[[str, str], list[str]],
        stored: Callable[[list[Target]], dict[Target, bytes | None]],
    ) -> None:
        self._members = members
        self._stored = stored
        self._begun: dict[Target, Begun] = {}

    def keys(self, model: Model[Any], names: Collection[str], works: Mapping[Target, Any]) -> list[str]:
        """The keys of the model's documents in these lists, when the steps that `works` has so far are done."""
        found = dict.fromkeys(key for name in names for key in self._members(model.name, name))
        others = [target for target in works if target[0] == model.name and target[1] not in found]
        unknown = [target for target in others if target not in self._begun]
        for target, stored in self._stored(unknown).items() if unknown else ():
            document = model.empty(target[1]) if stored is None else model.decode(stored)
            self._begun[target] = Begun(document)
        for target in others:
            document = self._advance(target, works[target].steps)
            if any(type(entry) is Ranked and entry.name in names for entry in model.entries_of(document)):
                found[target[1]] = None
        return list(found)

    def _advance(self, target: Target, steps: list[Any]) -> Any:
        begun = self._begun[target]
        for step in steps[begun.steps :]:
            if begun.broken:
                break
            position = step.moment.position
            if position > begun.document.position:
                try:
                    step.fold(begun.document, step.told, step.moment)
                except NOT_POISON:
                    raise
                except Exception:
                    begun.broken = True  # the fold itself will park it, and say why
                    break
                begun.document.position = position
        begun.steps = len(steps)
        return begun.document
