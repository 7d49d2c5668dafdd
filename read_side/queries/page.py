"""A slice of a list that says how long the whole list is."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    items: list[T]
    total: int


class Stretch(msgspec.Struct, Generic[T], frozen=True):
    """A stretch of a list that is walked by cursors: those of its two ends, None at the list's."""

    items: list[T]
    before: str | None = None
    after: str | None = None


def offset_of(page: int, size: int) -> int:
    """Pages count from 1."""
    return (page - 1) * size
