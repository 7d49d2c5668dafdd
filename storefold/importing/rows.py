"""What the readers hand on, and how they refuse a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LARGEST_ROW = 4 * 1024 * 1024  # characters; a longer one is a broken file, not a product


@dataclass(frozen=True, slots=True)
class Row:
    """A product as its file has it. `line`: where it begins, from 1. `fields` is what stands there:
    any JSON value, for whoever reads it may find something else than an object."""

    line: int
    fields: Any


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for the fields of a row that cannot be read, where the file can be read on behind it."""

    reason: str


@dataclass(frozen=True)
class BrokenFile(Exception):
    """The file cannot be read past this place; the rows before it are good."""

    line: int
    column: int | None
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.column is None else f"line {self.line}, column {self.column}"
        return f"{place}: {self.reason}"


Rows = Iterator[Row]
"""Raises BrokenFile at the place where it cannot go on."""
