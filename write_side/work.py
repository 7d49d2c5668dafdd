"""What a handler works with: states by stream, names, ids and the events it records.

A handler asks for what it needs as if all were in memory. What is not raises `Missing`, which the
bus catches: it loads all that the batch's commands lack in one query and runs those commands again.
Handlers are pure until the append, so running one twice costs microseconds and does nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from write_side.messages import Actor, Event
from write_side.refusals import Refusal

S = TypeVar("S")

Entry = tuple[int, Any]
"""A stream's version and its state at that version."""


@dataclass(frozen=True, slots=True)
class Aggregate(Generic[S]):
    """A kind of stream: `name-<id>`, its empty state, and how events change it."""

    name: str
    initial: S
    evolve: Callable[[S, Event], S]

    def __post_init__(self) -> None:
        AGGREGATES[self.name] = self

    def stream(self, key: int) -> str:
        return f"{self.name}-{key}"


AGGREGATES: dict[str, Aggregate[Any]] = {}
"""Every aggregate by the word its streams begin with."""


def aggregate_of(stream: str) -> Aggregate[Any]:
    return AGGREGATES[stream.rpartition("-")[0]]


class Missing(Exception):
    """Streams and names that the handler needs and that are not in memory. Never leaves the bus."""

    def __init__(self, streams: Iterable[str] = (), names: Iterable[tuple[str, str]] = ()) -> None:
        self.streams = frozenset(streams)
        self.names = frozenset(names)


class Memory(Protocol):
    """What is known before this command: earlier commands of its batch, then the cache."""

    def entry(self, stream: str) -> Entry | None: ...
    def owner(self, kind: str, value: str) -> int | None: ...


class Work:
    """One command's reads and writes. Dropped whole when the command is refused."""

    __slots__ = (
        "_memory", "_new_id", "actor", "entries", "events", "now",
        "owners", "prepared", "reads", "releases", "statements",
    )  # fmt: skip

    def __init__(
        self,
        memory: Memory,
        actor: Actor,
        now: str,
        new_id: Callable[[], int],
        prepared: Any = None,
    ) -> None:
        self._memory = memory
        self._new_id = new_id
        self.actor = actor
        self.now = now
        self.prepared = prepared
        self.reads: dict[str, int] = {}
        self.entries: dict[str, Entry] = {}
        self.events: list[tuple[str, int, Event]] = []
        self.owners: dict[tuple[str, str], int | None] = {}
        self.releases: list[tuple[str, str]] = []
        self.statements: list[tuple[str, tuple[Any, ...]]] = []

    def state(self, aggregate: Aggregate[S], key: int) -> S:
        """The aggregate as this command sees it, its own events included."""
        stream = aggregate.stream(key)
        entry = self.entries.get(stream) or self._read(stream)
        if entry is None:
            raise Missing((stream,))
        state: S = entry[1]
        return state

    def states(self, aggregate: Aggregate[S], keys: Iterable[int]) -> dict[int, S]:
        """Many at once: what is missing is loaded in one query, not one query each."""
        found: dict[int, S] = {}
        missing: list[str] = []
        for key in keys:
            try:
                found[key] = self.state(aggregate, key)
            except Missing as lack:
                missing.extend(lack.streams)
        if missing:
            raise Missing(missing)
        return found

    def record(self, aggregate: Aggregate[Any], key: int, events: Iterable[Event]) -> None:
        """Adds events to the aggregate's stream, in order."""
        stream = aggregate.stream(key)
        entry = self.entries.get(stream) or self._read(stream)
        if entry is None:
            raise Missing((stream,))
        version, state = entry
        for event in events:
            version += 1
            state = aggregate.evolve(state, event)
            self.events.append((stream, version, event))
        self.entries[stream] = (version, state)

    def begin(self, aggregate: Aggregate[Any], key: int, events: Iterable[Event]) -> None:
        """The first events of a stream whose id was just allocated: nothing to load."""
        self.entries[aggregate.stream(key)] = (0, aggregate.initial)
        self.record(aggregate, key, events)

    def owner(self, kind: str, value: str) -> int | None:
        """Who owns a unique name; None: nobody."""
        name = (kind, value)
        if name in self.owners:
            return self.owners[name]
        return self._memory.owner(kind, value)

    def lookup(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int | None]:
        """The owners of many names at once: what is not known is asked in one query, not one query each."""
        found: dict[tuple[str, str], int | None] = {}
        missing: list[tuple[str, str]] = []
        for name in names:
            try:
                found[name] = self.owner(*name)
            except Missing as lack:
                missing.extend(lack.names)
        if missing:
            raise Missing(names=missing)
        return found

    def claim(self, kind: str, value: str, owner: int, taken: Refusal) -> None:
        """Takes a unique name, in the same transaction as the events; raises `taken` when another
        owner has it. Claiming what one owns does nothing."""
        current = self.owner(kind, value)
        if current == owner:
            return
        if current is not None:
            raise taken
        self.owners[(kind, value)] = owner

    def unheard_of(self, kind: str, value: str) -> None:
        """Nobody can own this name, for it has an id in it that was drawn just now: it need not be asked for."""
        self.owners.setdefault((kind, value), None)

    def release(self, kind: str, value: str) -> None:
        self.owners[(kind, value)] = None
        self.releases.append((kind, value))

    def new_id(self) -> int:
        return self._new_id()

    def also(self, statement: str, *values: Any) -> None:
        """An SQL statement (secrets, never events) for the same transaction as the append."""
        self.statements.append((statement, values))

    def _read(self, stream: str) -> Entry | None:
        entry = self._memory.entry(stream)
        if entry is not None:
            self.reads[stream] = entry[0]
        return entry


class Handler(Protocol):
    """Runs one command type: reads states, calls `decide`, records; returns what the caller gets."""

    def __call__(self, command: Any, work: Work, /) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Registration:
    """How a command type is handled. `prepare` is slow or secret work (hashing, sealing) that runs
    before the bus, on the caller's thread; the handler finds its result in `work.prepared`. `after` gets
    the result once it is in the log, and is done before the caller hears of it; a process that dies first
    leaves it to an effect of the event."""

    handler: Handler
    prepare: Callable[[Any, Actor, Any], Any] | None = None
    after: Callable[[dict[str, Any], Any], None] | None = None


HANDLERS: dict[type[Any], Registration] = {}
"""Every command type; filled as the `handlers` modules are imported."""

H = TypeVar("H", bound=Handler)


def handles(
    command: type[Any],
    prepare: Callable[[Any, Actor, Any], Any] | None = None,
    after: Callable[[dict[str, Any], Any], None] | None = None,
) -> Callable[[H], H]:
    """Registers a handler for a command type. Raises ValueError for a second one."""

    def register(handler: H) -> H:
        if command in HANDLERS:
            raise ValueError(f"{command.__name__} has a handler already")
        HANDLERS[command] = Registration(handler, prepare, after)
        return handler

    return register
