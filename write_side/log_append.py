"""What one append consists of: the guard of its decision, what travels in the same transaction, the
statement that carries all of it, and what the database may say to it.

`migrations/0001_log.sql` has the other end, `log_append`, and says how it keeps its promises.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent


class StaleStream(IntegrityError):
    """A stream that the append read or writes has moved on since it was read."""


class NotConnected(OperationalError):
    """Nobody answers: nothing was sent, so nothing happened."""


class NameTaken(IntegrityError):
    """A name of the append is owned by someone else."""


class KeyTaken(IntegrityError):
    """An idempotency key of the append was stored by another append."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What the decision rests on. `head`: the position up to which the log was known. `reads`:
    streams that were read and are not written, at their versions; None: any append by somebody else
    is a conflict (cheaper to send while nobody else appends)."""

    head: int
    reads: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    kind: str
    value: str
    owner: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An idempotency row. `offset`: which event of the append (from 1) the answer's position is."""

    key: bytes
    request: bytes
    answer: bytes
    offset: int


@dataclass(slots=True)
class Alongside:
    """What else belongs to the same transaction. `statements` run before the append, so that the
    log's lock is held no longer than for the append itself."""

    claims: list[Claim] = field(default_factory=list)
    releases: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.claims or self.releases or self.answers or self.statements)


# Binary, for arrays as text are searched for characters to quote, value by value.
APPEND = """SELECT log_append(%b::bigint, %b::text[], %b::int[], %b::text[], %b::int[], %b::text[],
    %b::bytea[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[],
    %b::bytea[], %b::bytea[], %b::bytea[], %b::int[])"""
CONFLICTS: dict[str, type[IntegrityError]] = {
    "SF001": StaleStream,
    "SF002": NameTaken,
    "SF003": KeyTaken,
    "23505": StaleStream,  # (stream, version) exists
    "40P01": StaleStream,  # deadlock: the rival won
    "40001": StaleStream,
}


NOTHING = Alongside()


def append_params(events: Sequence[StoredEvent], guard: Guard | None, also: Alongside) -> tuple[Any, ...]:
    """The parameters of `APPEND`, in its order."""
    reads = guard.reads if guard else None
    return (
        guard.head if guard else None,
        list(reads) if reads is not None else None,
        list(reads.values()) if reads is not None else None,
        [e.originator_id for e in events],
        [e.originator_version for e in events],
        [e.topic for e in events],
        [e.state for e in events],
        [kind for kind, _ in also.releases],
        [value for _, value in also.releases],
        [c.kind for c in also.claims],
        [c.value for c in also.claims],
        [c.owner for c in also.claims],
        [a.key for a in also.answers],
        [a.request for a in also.answers],
        [a.answer for a in also.answers],
        [a.offset for a in also.answers],
    )
