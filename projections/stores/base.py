"""What a store of read models must do, and what can go wrong with it.

A `Store` keeps generations: `carts.1`, `products.2`. It is opened for some of them under a role,
and from then on writes are refused once somebody else has taken that role (the fencing token), the
pointer to the live generations has moved, or the stored position is not the one the batch was
folded from. So a batch takes effect once, at its place in the order, or not at all.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from projections.model import Entry
from read_side.documents.layout import Parked

Target = tuple[str, str]
"""A document: its model and its key. A whole stream of events (`parked`): its model and ~stream."""


class StoreDown(Exception):
    """The store does not answer. Whether the last write took effect is not known."""


class Refused(StoreDown):
    """The store understood and said no. A full disk or a missing analyser is put right by people;
    until then it is tried again, like a store that is away."""


class Reopen(Exception):
    """The store is not as it was when it was opened: read its state again and go on from there."""


class Swapped(Reopen):
    """Another generation is live now."""


class Moved(Reopen):
    """The stored position is not the one that was written last: the store lost data, or the answer
    to a write that did take effect was lost."""


class Emptied(Reopen):
    """Everything is gone: the store was flushed."""


class Fenced(Exception):
    """Somebody else has taken over this role. The one who is told so must stop."""


class Role(StrEnum):
    RUNNER = "runner"  # follows the log into the live generations
    BUILDER = "builder"  # makes generations beside them


@dataclass(slots=True)
class Batch:
    """What a batch of events does to documents. `versions`: the position of each written
    document."""

    documents: dict[Target, bytes] = field(default_factory=dict)
    versions: dict[Target, int] = field(default_factory=dict)
    removed: list[tuple[Target, Entry]] = field(default_factory=list)
    added: list[tuple[Target, Entry]] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)


class Session(Protocol):
    """Some generations, opened for writing."""

    def positions(self) -> dict[str, int]:
        """Up to where each model has seen the log."""

    def parked(self) -> set[Target]:
        """Documents and streams that are left alone."""

    def load(self, targets: list[Target]) -> list[bytes | None]:
        """The stored documents."""

    def members(self, model: str, name: str) -> list[str]:
        """The keys of the documents in a list of the model."""

    def write(self, batch: Batch, before: Mapping[str, int], upto: int) -> list[Parked]:
        """Applies a batch that was folded from positions `before`, and says that these models have
        now seen the log up to `upto`. Raises StoreDown, Fenced or a Reopen; all or nothing takes
        effect, or what took effect is written again with the same result. Returns documents that
        the store will never take; they are parked."""

    def settle(self) -> None:
        """Nothing more to write for now: saves what `write` has put off, and raises as it does."""

    def beat(self, report: bytes, /) -> None:
        """Leaves a sign of life, and raises as `write` does."""


class Look(NamedTuple):
    """A store as it is, read without taking part. `holder`: the runner's token, `beat`: its last
    sign of life, where the store keeps one."""

    generations: dict[str, str]
    previous: dict[str, str]
    positions: dict[str, int]
    parked: list[Parked]
    holder: str | None
    beat: bytes | None


class Store(Protocol):
    """A store and its generations."""

    name: str
    stride: int  # events per batch when a generation is built

    def acquire(self, role: Role) -> None:
        """Takes a role over from whoever has it."""

    def live(self) -> dict[str, str]:
        """The generation of each model that readers see; empty for a new or emptied store."""

    def previous(self) -> dict[str, str]:
        """The generations before the last swap."""

    def generations(self) -> list[str]:
        """All that exist, half-built ones included."""

    def versions(self) -> dict[str, int]:
        """By generation, which version of its model keeps it (`Model.version`); 1 where none is mentioned."""

    def begin(self, model: str, version: int = 1) -> str:
        """Makes an empty generation at position 0."""

    def hand_over(self, generation: str, version: int) -> None:
        """From now on this version of its model keeps the generation, whichever made it."""

    def session(self, role: Role, generations: Mapping[str, str]) -> Session:
        """Opens generations (by model); a runner's must be the live ones."""

    def swap(self, generations: Mapping[str, str], *, may_lag: bool = False) -> bool:
        """Makes generations live, all at once. False: one is behind the live one it replaces, and
        readers would go back in time (unless they `may_lag`)."""

    def drop(self, generation: str) -> None:
        """Deletes a generation that is not live."""

    def contents(self, generation: str, keys: Collection[str] | None = None) -> Iterable[tuple[str, bytes]]:
        """Every document and every entry of a list or table (`:list/key`) of a generation, or those
        of `keys` that exist."""

    def look(self) -> Look:
        """What a status report shows."""

    def close(self) -> None: ...
