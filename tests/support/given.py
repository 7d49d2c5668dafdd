"""Given–when–then without I/O: a state from events, and the events of a whole handler's run."""

from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

import write_side.registry  # noqa: F401  registers every handler
from write_side.messages import Actor, Command, Event
from write_side.work import HANDLERS, Aggregate, Entry, Work, aggregate_of

S = TypeVar("S")


def given(aggregate: Aggregate[S], *events: Event) -> S:
    """The state after these events."""
    state = aggregate.initial
    for event in events:
        state = aggregate.evolve(state, event)
    return state


class World:
    """Streams and unique names in memory, for the handlers' own tests: no bus, no database."""

    def __init__(self, authorise: Callable[[Any, Work], None] | None = None) -> None:
        self._streams: dict[str, Entry] = {}
        self._names: dict[tuple[str, str], int | None] = {}
        self._ids = count(1000)
        self._authorise = authorise

    def entry(self, stream: str) -> Entry:
        return self._streams.get(stream) or (0, aggregate_of(stream).initial)

    def owner(self, kind: str, value: str) -> int | None:
        return self._names.get((kind, value))

    def state(self, aggregate: Aggregate[S], key: int) -> S:
        state: S = self.entry(aggregate.stream(key))[1]
        return state

    def has(self, aggregate: Aggregate[Any], key: int, *events: Event) -> None:
        """Events that happened before."""
        stream = aggregate.stream(key)
        version, state = self.entry(stream)
        for event in events:
            version, state = version + 1, aggregate.evolve(state, event)
        self._streams[stream] = (version, state)

    def when(self, command: Command, actor: Actor, prepared: Any = None) -> "Happened":
        """Carries the command out. Raises the refusal; nothing has changed then."""
        work = Work(self, actor, "2026-01-02T03:04:05.000006Z", lambda: next(self._ids), prepared)
        if self._authorise is not None:
            self._authorise(command, work)
        result = HANDLERS[type(command)].handler(command, work)
        self._streams.update(work.entries)
        for kind, value in work.releases:
            self._names[(kind, value)] = None
        self._names.update(work.owners)
        return Happened(result, [event for _, _, event in work.events], [stream for stream, _, _ in work.events], work)


class Happened:
    """What a command did: its result, its events and the streams they went to."""

    def __init__(self, result: dict[str, Any], events: list[Event], streams: list[str], work: Work) -> None:
        self.result = result
        self.events = events
        self.streams = streams
        self.work = work
