"""A store in memory, for tests that need thousands of runs: it keeps every promise of `Session`."""

from collections.abc import Iterable, Mapping
from typing import Any

from projections.folding import Folder
from projections.model import Entry, Model, Ranked
from projections.stores.base import Batch, Target
from read_side.documents.layout import Parked
from write_side.event_store import Row


class MemorySession:
    def __init__(self, models: Iterable[str]) -> None:
        self.documents: dict[Target, bytes] = {}
        self.places: dict[Any, tuple[Target, Entry]] = {}
        self.parks: list[Parked] = []
        self._positions = dict.fromkeys(models, 0)

    @property
    def entries(self) -> set[tuple[Target, Entry]]:
        return set(self.places.values())

    def positions(self) -> dict[str, int]:
        return dict(self._positions)

    def parked(self) -> set[Target]:
        return {(parked.model, parked.key) for parked in self.parks}

    def load(self, targets: list[Target]) -> list[bytes | None]:
        return [self.documents.get(target) for target in targets]

    def members(self, model: str, name: str) -> list[str]:
        return sorted(
            key for (of, key), entry in self.entries if of == model and isinstance(entry, Ranked) and entry.name == name
        )

    def write(self, batch: Batch, before: Mapping[str, int], upto: int) -> list[Parked]:
        assert dict(before) == self._positions
        self.documents |= batch.documents
        for target, entry in batch.removed:
            del self.places[_place(target, entry)]
        for target, entry in batch.added:
            self.places[_place(target, entry)] = (target, entry)
        self.parks += batch.parked
        self._positions = {model: max(seen, upto) for model, seen in before.items()}
        return []

    def settle(self) -> None: ...

    def beat(self, report: bytes, /) -> None: ...


def _place(target: Target, entry: Entry) -> Any:
    """A list has a document once, a table has a name once."""
    return (target, entry.name) if isinstance(entry, Ranked) else (target[0], entry.table, entry.name)


class Projection:
    """Folds rows into a `MemorySession`, in whatever pieces they come."""

    def __init__(self, models: list[Model[Any]], session: MemorySession | None = None) -> None:
        self.session = session or MemorySession(model.name for model in models)
        self._firsts: dict[str, Row] = {}
        self._folder = Folder(models, self.session.load, self.session.parked(), self._recall, self.session.members)

    def _recall(self, streams: list[str]) -> list[Row]:
        return [self._firsts[stream] for stream in streams]

    def take(self, rows: list[Row]) -> Batch:
        self._firsts |= {row[1]: row for row in rows if row[2] == 1}
        seen = self.session.positions()
        batch = self._folder.fold(rows, seen)
        self.session.write(batch, seen, rows[-1][0] if rows else 0)
        self._folder.keep(batch)
        return batch
