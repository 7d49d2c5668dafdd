"""The event log, entry by entry, in the order of commits."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from write_side.codecs import decode
from write_side.event_store import Row

WINDOW = 1000  # positions a read: long reads page, so that they hold nothing back in the database

Read = Callable[[int, int, Sequence[str] | None], tuple[list[Row], int]]
"""(after, window, event names or None) → rows, and the position up to which the log was read."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An event in its place. `data` is in the event's current version, whatever version was stored; personal
    values stay sealed. `at` is the server's clock, for reading: order is `position` alone."""

    position: int
    stream: str
    version: int
    event: str
    at: str
    data: Any
    meta: Any


def entries(
    read: Read, *, after: int = 0, upto: int | None = None, stream: str = "", events: Sequence[str] | None = None
) -> Iterator[Entry]:
    """Everything after position `after`, up to and including `upto` (None: the end as it is when reached).

    `stream` is the beginning of stream names (`order-` for all orders), `events` names of events. Raises the
    library's OperationalError when the store is away, MapperDeserialisationError for an event that this
    release cannot read.
    """
    while upto is None or after < upto:
        window = WINDOW if upto is None else min(WINDOW, upto - after)
        rows, seen = read(after, window, events)
        for row in rows:
            if row[1].startswith(stream):
                yield _entry(*row)
        if seen == after:
            return
        after = seen


def _entry(position: int, stream: str, version: int, topic: str, state: bytes) -> Entry:
    event, meta = decode(topic, state)
    return Entry(
        position=position,
        stream=stream,
        version=version,
        event=topic,
        at=meta.at,
        data=msgspec.to_builtins(event),
        meta=msgspec.to_builtins(meta),
    )
