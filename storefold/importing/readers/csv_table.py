"""CSV: a header, then a product a record; separated by commas, semicolons, tabs or bars."""

import csv
from collections.abc import Iterator
from typing import IO

from storefold.importing.readers.lines import numbered_lines
from storefold.importing.rows import LARGEST_ROW, BrokenFile, Row, Rows

DELIMITERS = ",;\t|"


def read_csv(file: IO[bytes]) -> Rows:
    """Every row has every column of the header; an empty cell is "". Raises BrokenFile where a
    record has more or fewer cells than the header, for then nobody knows which cell is which."""
    lines = _Lines(numbered_lines(file))
    header_line = next(lines, "")
    lines.again(header_line)
    csv.field_size_limit(LARGEST_ROW)
    delimiter = max(DELIMITERS, key=header_line.count)
    records = csv.reader(lines, delimiter=delimiter, strict=True)
    header = [name.strip() for name in _next(records, lines) or []]
    _check(header)
    while True:
        line = lines.number + 1
        cells = _next(records, lines)
        if cells is None:
            return
        if not cells:
            continue
        if len(cells) != len(header):
            count = "cell" if len(cells) == 1 else "cells"
            raise BrokenFile(line, None, f"it has {len(cells)} {count}, the header {len(header)}")
        yield Row(line, dict(zip(header, cells, strict=True)))


class _Lines(Iterator[str]):
    """Knows the number of the line that it gave last."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._waiting: list[str] = []
        self.number = 0

    def __next__(self) -> str:
        if self._waiting:
            return self._waiting.pop()
        self.number, line = next(self._lines)
        return line

    def again(self, line: str) -> None:
        """Gives the line a second time."""
        if line:
            self._waiting.append(line)


def _next(records: "Iterator[list[str]]", lines: _Lines) -> list[str] | None:
    first = lines.number + 1
    try:
        return next(records, None)
    except csv.Error as error:
        unfinished = "unexpected end of data" in str(error)
        reason = "a quoted cell begins here and never ends" if unfinished else str(error)
        raise BrokenFile(first if unfinished else lines.number, None, reason) from None


def _check(header: list[str]) -> None:
    if not any(header):
        raise BrokenFile(1, None, "the names of the columns should be here")
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise BrokenFile(1, None, f"two columns have the name {repeated[0]!r}")
