"""What a read model is: a kind of document, and how each event changes it.

A fold changes the document it is given, in place, from the event and its moment alone: no clock, no
store, no other document. Whoever calls it throws the document away when it raises.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from write_side.messages import Event
from write_side.values import Sealed

Opener = Callable[[Sealed], str | None]
"""Opens a personal value; None when its key was destroyed."""


class Moment(msgspec.Struct, frozen=True, gc=False):
    """Where in the log an event stands, and the server's clock when it was written."""

    position: int
    at: str


class Recalled(msgspec.Struct, frozen=True, gc=False):
    """An event together with the one that its stream began with, `began`: what was ordered is said
    when an order is placed, and not again when it is cancelled. The log never changes, so this is as
    repeatable as the event alone."""

    event: Event
    first: Event
    began: Moment


class Ranked(NamedTuple):
    """A document's place in a list that is read in order (a Redis sorted set)."""

    name: str
    score: int


class Named(NamedTuple):
    """A unique name that leads to the document: `target` is its key, or more."""

    table: str
    name: str
    target: str


Entry = Ranked | Named
Fold = Callable[[Any, Any, Moment], None]
"""Document, event (or its part, or `Recalled`; where observations are followed, an `Observed`) and moment."""
Key = Callable[[str, Any, Moment], str | Mapping[str, Any]]
"""Stream, event (or `Recalled`) and moment: the document that the event belongs to. Where it belongs
to several, by their keys the part of it that the fold of each gets."""
D = TypeVar("D")


NO_ENTRIES: frozenset[Entry] = frozenset()


@dataclass(frozen=True, slots=True)
class Model(Generic[D]):
    """`empty(key)` is the document before its first event, `entries` the lists and names it stands
    in. `recalls`: the events that come to `key` and folds as `Recalled`. `in_memory`: readers keep
    its documents and are told when they change. `spreads`: events that go to every document in the lists
    (`Ranked`) that are named for them, instead of to `key`; a document may go from one of these lists to
    another, but never leave them all. `version` rises by one whenever what is stored would come out otherwise of the
    same log (the document, its lists, the index): the runner then builds the model anew."""

    name: str
    document: type[D]
    empty: Callable[[str], D]
    key: Key
    folds: Mapping[type[Any], Fold]
    entries: Callable[[D], Iterable[Entry]] | None = None
    recalls: frozenset[type[Event]] = frozenset()
    in_memory: bool = False
    version: int = 1
    spreads: Mapping[type[Event], Callable[[Any], Collection[str]]] = field(default_factory=dict)
    encode: Callable[[D], bytes] = field(default_factory=lambda: msgspec.json.Encoder().encode)
    decode: Callable[[bytes], D] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "decode", msgspec.json.Decoder(self.document).decode)

    @property
    def personal(self) -> bool:
        """Whether its documents show what can be erased."""
        return any(erases(event_type) for event_type in self.folds)

    def entries_of(self, document: D) -> frozenset[Entry]:
        return NO_ENTRIES if self.entries is None else frozenset(self.entries(document))


def erases(event_type: type[Any]) -> bool:
    """Whether a document that is parked takes it all the same. Observations have nothing of the kind."""
    return bool(getattr(event_type, "erases", False))


def number_of(stream: str) -> str:
    """`cart-42` → `42`: the key of a document that is fed by one stream."""
    return stream[stream.rindex("-") + 1 :]
