"""A stream as the log has it now, for workers: they look before they act."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from write_side.codecs import decode
from write_side.event_store import PostgresLog
from write_side.messages import Event
from write_side.work import Aggregate

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Stream(Generic[S]):
    """A stream's state, and the events that made it."""

    state: S
    events: list[Event]


def load(log: PostgresLog, aggregate: Aggregate[S], key: int) -> Stream[S]:
    """Raises the library's OperationalError when the log is away."""
    stored = log.select_events(aggregate.stream(key))
    events = [decode(event.topic, event.state)[0] for event in stored]
    state = aggregate.initial
    for event in events:
        state = aggregate.evolve(state, event)
    return Stream(state, events)
