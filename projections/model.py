"""What a read model is: a kind of document, and how each event changes it.

A fold changes the document it is given, in place, from the event and its moment alone: no clock, no
store, no other document. Whoever calls it throws the document away when it raises.
"""

from collections.abc import Callable, Iterable, Mapping
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
D = TypeVar("D")


NO_ENTRIES: frozenset[Entry] = frozenset()


@dataclass(frozen=True, slots=True)
class Model(Generic[D]):
    """`empty(key)` is the document before its first event, `key(stream, event)` the document that
    an event belongs to, `entries` the lists and names it stands in. `in_memory`: readers keep its
    documents and are told when they change."""

    name: str
    document: type[D]
    empty: Callable[[str], D]
    key: Callable[[str, Any], str]
    folds: Mapping[type[Event], Fold]
    entries: Callable[[D], Iterable[Entry]] | None = None
    in_memory: bool = False
    encode: Callable[[D], bytes] = field(default_factory=lambda: msgspec.json.Encoder().encode)
    decode: Callable[[bytes], D] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "decode", msgspec.json.Decoder(self.document).decode)

    def entries_of(self, document: D) -> frozenset[Entry]:
        return NO_ENTRIES if self.entries is None else frozenset(self.entries(document))


def number_of(stream: str) -> str:
    """`cart-42` → `42`: the key of a document that is fed by one stream."""
    return stream[stream.rindex("-") + 1 :]
