"""One batch of commands: decided one after another in memory, appended together.

A batch knows three layers, newest first: what its earlier commands did, the names it looked up, and
the cache of aggregates. Nothing of it reaches the cache before the append has committed.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from eventsourcing.persistence import MapperDeserialisationError, OperationalError, StoredEvent

from write_side.codecs import decode, encode
from write_side.event_store import Row
from write_side.log_append import Alongside, Answered, Claim
from write_side.messages import Actor, Metadata
from write_side.refusals import Refusal, TooLarge
from write_side.work import Entry, Missing, Work, aggregate_of

Name = tuple[str, str]
"""Kind and value of a unique name."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a command that was carried out. `position`: of its last event; when it changed
    nothing, of the log as the decision saw it. `events`: stream, version and topic of each."""

    position: int
    events: list[tuple[str, int, str]]
    result: dict[str, Any]


class StoredAnswer(msgspec.Struct, frozen=True):
    """What an idempotency row keeps; its position is the row's own column."""

    events: list[tuple[str, int, str]]
    result: dict[str, Any]


@dataclass(slots=True, eq=False)
class Lane:
    """Commands that make sense only in the order in which they were sent. Behind one that could not be
    carried out, or of which nobody knows, none of the same lane is tried: it would overtake. `broken` says
    why; who sends them again does so in a new lane."""

    broken: BaseException | None = None


@dataclass(slots=True, eq=False)
class Job:
    """A command on its way: who sends it, under which key, and where the answer goes."""

    command: Any
    actor: Actor
    handler: Any
    prepared: Any
    number: str
    new_id: Callable[[], int]
    reply: Any
    lane: Lane | None = None
    key: bytes | None = None
    request: bytes = b""
    outcome: Accepted | BaseException | None = None
    ids: list[int] = field(default_factory=list)  # drawn by its runs so far
    drawn: int = 0  # by the present run

    def next_id(self) -> int:
        """Every run gets the same ids: a handler that looks up something by a fresh id (the child of a
        category it has just made) would otherwise lack something new each time it is run again."""
        if self.drawn == len(self.ids):
            self.ids.append(self.new_id())
        self.drawn += 1
        return self.ids[self.drawn - 1]


class Cache:
    """The most recently used aggregates: stream → (version, state)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[str, Entry] = OrderedDict()

    def get(self, stream: str) -> Entry | None:
        entry = self._entries.get(stream)
        if entry is not None:
            self._entries.move_to_end(stream)
        return entry

    def update(self, entries: dict[str, Entry]) -> None:
        self._entries.update(entries)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        self._entries.clear()

    def follow(self, rows: Iterable[Row]) -> None:
        """Brings cached aggregates up to date with events appended by others."""
        for _, stream, version, topic, state in rows:
            entry = self._entries.get(stream)
            if entry is not None and entry[0] == version - 1:
                try:
                    event, _ = decode(topic, state)
                except MapperDeserialisationError:
                    del self._entries[stream]  # whoever needs the stream will load it, and hear why not
                else:
                    self._entries[stream] = (version, aggregate_of(stream).evolve(entry[1], event))


def fold(streams: Iterable[str], rows: Iterable[tuple[str, int, str, bytes]]) -> dict[str, Entry]:
    """Whole streams from their events in order; one without events is its empty state, and one with an
    event that this release cannot read is the error: it concerns those alone who need that stream."""
    entries: dict[str, Entry] = {s: (0, aggregate_of(s).initial) for s in streams}
    for stream, version, topic, state in rows:
        before = entries[stream][1]
        if isinstance(before, MapperDeserialisationError):
            continue
        try:
            event, _ = decode(topic, state)
        except MapperDeserialisationError as error:
            entries[stream] = (version, error)
        else:
            entries[stream] = (version, aggregate_of(stream).evolve(before, event))
    return entries


@dataclass(slots=True)
class Batch:
    """Decides jobs and collects what they append."""

    cache: Cache
    now: str
    authorise: Any
    vet: Any
    # What this batch has loaded or found in the cache: kept here so that a small cache cannot evict
    # what the batch needs, and so that what many commands read moves up in the cache once.
    loaded: dict[str, Entry] = field(default_factory=dict)
    known: dict[Name, int | None] = field(default_factory=dict)
    overlay: dict[str, Entry] = field(default_factory=dict)
    claimed: dict[Name, int | None] = field(default_factory=dict)
    released: set[Name] = field(default_factory=set)
    events: list[StoredEvent] = field(default_factory=list)
    reads: dict[str, int] = field(default_factory=dict)
    answers: list[Answered] = field(default_factory=list)
    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    accepted: list[tuple[Job, int, StoredAnswer]] = field(default_factory=list)
    keys: dict[bytes, Job] = field(default_factory=dict)

    def entry(self, stream: str) -> Entry | None:
        entry = self.overlay.get(stream) or self.loaded.get(stream)
        if entry is None:
            entry = self.cache.get(stream)
            if entry is not None:
                self.loaded[stream] = entry
        if entry is not None and isinstance(entry[1], MapperDeserialisationError):
            raise entry[1]
        return entry

    def owner(self, kind: str, value: str) -> int | None:
        name = (kind, value)
        if name in self.claimed:
            return self.claimed[name]
        if name not in self.known:
            raise Missing(names=(name,))
        return self.known[name]

    def decide(self, job: Job) -> None:
        """Runs one job. Raises Missing when something must be loaded first; a refusal or a fault
        becomes the job's outcome and touches nobody else. A refusal of its preparation counts here, not
        before: a repeated command (a changed password's, say) is first answered with its stored answer."""
        job.drawn = 0
        work = Work(self, job.actor, self.now, job.next_id, job.prepared)
        try:
            self.authorise(job.command, work)
            if isinstance(job.prepared, Refusal):
                raise job.prepared
            result = job.handler(job.command, work)
            self.vet(work)
            stored = self._encode(job, work)
        except (Missing, OperationalError):
            raise  # a store that cannot be asked (for ids) says nothing about this command
        except Exception as reason:
            # A fault of ours is answered to its own caller alone (as a 500, logged by the API).
            job.outcome = reason
            self._remember_reads(work)  # the refusal rests on them
            return
        self._take(job, work, stored, result)

    def probe(self, job: Job) -> None:
        """Raises Missing for what a job lacks; decides nothing, for one before it is not decided yet."""
        job.drawn = 0
        work = Work(self, job.actor, self.now, job.next_id, job.prepared)
        try:
            self.authorise(job.command, work)
            if not isinstance(job.prepared, Refusal):
                job.handler(job.command, work)
                self.vet(work)
        except (Missing, OperationalError):
            raise
        except Exception:
            return  # refused as things are; what it is in its turn, `decide` will say

    @property
    def alongside(self) -> Alongside:
        """A name that was released in this batch is freed first, then given to its last owner."""
        claims = [Claim(k, v, owner) for (k, v), owner in self.claimed.items() if owner is not None]
        return Alongside(claims, sorted(self.released), self.answers, self.statements)

    def _encode(self, job: Job, work: Work) -> list[StoredEvent]:
        actor = job.actor
        meta = Metadata(
            at=self.now,
            actor=actor.person_id,
            service=actor.service,
            surface=actor.surface,
            request=actor.request,
            correlation=actor.correlation,
            causation=actor.causation,
            command=job.number,
        )
        try:
            return [
                StoredEvent(stream, version, event.TOPIC, encode(event, meta)) for stream, version, event in work.events
            ]
        except (msgspec.MsgspecError, TypeError, UnicodeError, OverflowError) as error:
            raise TooLarge(f"a value cannot be stored: {error}") from error

    def _take(self, job: Job, work: Work, stored: list[StoredEvent], result: dict[str, Any]) -> None:
        self.events.extend(stored)
        self._remember_reads(work)
        self.overlay.update(work.entries)
        self.claimed.update(work.owners)
        self.released.update(work.releases)
        self.statements.extend(work.statements)
        answer = StoredAnswer([(stream, version, event.TOPIC) for stream, version, event in work.events], result)
        end = len(self.events)
        if job.key is not None:
            self.answers.append(Answered(job.key, job.request, msgspec.json.encode(answer), end))
            self.keys[job.key] = job
        self.accepted.append((job, end, answer))

    def _remember_reads(self, work: Work) -> None:
        for stream, version in work.reads.items():
            # A stream that a batch-mate wrote is checked by its own append.
            if stream not in self.overlay:
                self.reads.setdefault(stream, version)

    def settle(self, before: int) -> None:
        """Gives the accepted jobs their positions, once the append is known to have happened."""
        for job, end, answer in self.accepted:
            job.outcome = Accepted(position=before + end, events=answer.events, result=answer.result)
        self.cache.update(self.overlay)
