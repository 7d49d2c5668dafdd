"""JSON Lines: one object a line."""

from typing import IO

from storefold.importing.readers.json_list import decode
from storefold.importing.readers.lines import numbered_lines
from storefold.importing.rows import BrokenFile, Row, Rows


def read_json_lines(file: IO[bytes]) -> Rows:
    """The rows of a file with one JSON value a line; blank lines are allowed."""
    for number, line in numbered_lines(file):
        text = line.strip()
        if not text:
            continue
        indent = len(line) - len(line.lstrip())
        value, end, fault = decode(text, 0)
        if fault is not None:
            raise BrokenFile(number, indent + fault[0] + 1, fault[1])
        if end != len(text):
            raise BrokenFile(number, indent + end + 1, "more text after the end of the product")
        yield Row(number, value)
