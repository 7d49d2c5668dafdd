"""CSV: a header, then a product a record; separated by commas, semicolons, tabs or bars."""

import csv
import re
from collections.abc import Iterator
from typing import IO

from storefold.importing.readers.lines import numbered_lines
from storefold.importing.rows import LARGEST_ROW, BrokenFile, Row, Rows, Unreadable

DELIMITERS = ",;\t|"
SURROGATE = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8, as `surrogateescape` decodes it


def read_csv(file: IO[bytes], *, forgiving: bool = False) -> Rows:
    """Every row has every column of the header; an empty cell is "". Raises BrokenFile where a
    record has more or fewer cells than the header, for then nobody knows which cell is which, and where
    a quoted cell never ends.

    `forgiving` goes on behind a record that cannot be read, whose fields are then `Unreadable`; only a
    cell that never ends is still the end of the file."""
    for row in _records(_Lines(numbered_lines(file, forgiving=forgiving))):
        if isinstance(row.fields, Unreadable) and not forgiving:
            raise BrokenFile(row.line, None, row.fields.reason)
        yield row


def _records(lines: "_Lines") -> Rows:
    header_line = next(lines, "")
    lines.again(header_line)
    csv.field_size_limit(LARGEST_ROW)
    delimiter = max(DELIMITERS, key=header_line.count)
    records = csv.reader(lines, delimiter=delimiter, strict=True)
    header = _next(records, lines) or []
    if isinstance(header, Unreadable):
        raise BrokenFile(1, None, header.reason)
    if lines.undecodable:
        raise BrokenFile(1, None, "the text is not UTF-8")
    header = [name.strip() for name in header]
    _check(header)
    while True:
        line = lines.number + 1
        cells = _next(records, lines)
        if cells is None:
            return
        if isinstance(cells, Unreadable):
            yield Row(lines.number, cells)
        elif cells and len(cells) != len(header):
            count = "cell" if len(cells) == 1 else "cells"
            yield Row(line, Unreadable(f"it has {len(cells)} {count}, the header {len(header)}"))
        elif cells and lines.undecodable:
            yield Row(line, Unreadable("the text is not UTF-8"))
        elif cells:
            yield Row(line, dict(zip(header, cells, strict=True)))
        lines.undecodable = False


class _Lines(Iterator[str]):
    """Knows the number of the line that it gave last, and whether one since `undecodable` was reset held
    bytes that are no text."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._waiting: list[str] = []
        self.number = 0
        self.undecodable = False

    def __next__(self) -> str:
        if self._waiting:
            return self._waiting.pop()
        self.number, line = next(self._lines)
        if not line.isascii() and SURROGATE.search(line):
            self.undecodable = True
        return line

    def again(self, line: str) -> None:
        """Gives the line a second time."""
        if line:
            self._waiting.append(line)


def _next(records: "Iterator[list[str]]", lines: _Lines) -> list[str] | Unreadable | None:
    first = lines.number + 1
    try:
        return next(records, None)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise BrokenFile(first, None, "a quoted cell begins here and never ends") from None
        return Unreadable(str(error))


def _check(header: list[str]) -> None:
    if not any(header):
        raise BrokenFile(1, None, "the names of the columns should be here")
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise BrokenFile(1, None, f"two columns have the name {repeated[0]!r}")
