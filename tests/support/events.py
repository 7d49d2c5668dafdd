"""Stored events for tests of the log, which does not care what is in them."""

from eventsourcing.persistence import StoredEvent


def stored(stream: str, version: int, state: bytes = b"{}", topic: str = "test.happened") -> StoredEvent:
    return StoredEvent(stream, version, topic, state)


def run_of(stream: str, first: int, count: int) -> list[StoredEvent]:
    """Consecutive events of one stream."""
    return [stored(stream, version) for version in range(first, first + count)]
