"""What a runner follows: a log whose positions are gapless and in the order of commits."""

from collections.abc import Sequence
from typing import Any, Protocol

from write_side.event_store import Row


class Dated(Protocol):
    """What came with an entry of a log."""

    @property
    def at(self) -> str:
        """The server's clock when it was written; ISO 8601 in UTC."""


class Feed(Protocol):
    """The log of events, or that of observations. Raises psycopg's errors or the library's OperationalError when
    nobody answers."""

    def head(self) -> int:
        """The last position; 0 for an empty log."""

    def read(self, after: int, window: int, topics: Sequence[str] | None = None) -> tuple[list[Row], int]:
        """What stands at the next `window` positions, and the position up to which the log was read."""

    def firsts(self, streams: Sequence[str]) -> list[Row]:
        """What each of these streams began with."""

    def decode(self, topic: str, state: bytes) -> tuple[Any, Dated]:
        """What a row says. Raises the library's MapperDeserialisationError."""

    def close(self) -> None: ...
