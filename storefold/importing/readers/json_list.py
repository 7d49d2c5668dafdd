"""JSON: a list of objects, or objects one after another, of any length.

The standard decoder reads one object at a time out of a window that slides over the file, so that
memory stays the same whatever the length, and so that a fault has its line and column (the streaming
parsers know neither).
"""

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from storefold.importing.readers.lines import BOM
from storefold.importing.rows import LARGEST_ROW, BrokenFile, Row, Rows

CHUNK = 256 * 1024  # bytes
_blank = re.compile(r"[ \t\r\n]*")


def read_json(file: IO[bytes]) -> Rows:
    """The rows of a JSON list, or of objects that follow each other."""
    window = _Window(file)
    first = window.peek()
    if first == "[":
        yield from _listed(window)
        if window.peek():
            raise window.broken("more text after the end of the list")
    elif first == "{":
        while window.peek():
            yield window.row()
    else:
        raise window.broken("a list of products should begin here")


def _listed(window: "_Window") -> Rows:
    window.skip()
    if window.peek() != "]":
        yield window.row()
        while window.peek() == ",":
            window.skip()
            yield window.row()
    if window.peek() != "]":
        raise window.broken("a comma or the end of the list should be here")
    window.skip()


def decode(text: str, at: int) -> tuple[Any, int, tuple[int, str] | None]:
    """The JSON value at `at`, where it ends, and, when there is none, where and why not.

    Decimals stay exact: a price must not pass through binary floating point.
    """
    try:
        value, end = _decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return None, at, (error.pos, error.msg)
    except RecursionError:
        return None, at, (at, "it is nested too deeply")
    except ValueError as error:  # a constant that JSON does not have, or thousands of digits
        return None, at, (at, str(error))
    return value, end, None


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


class _Window:
    """Text that was not read yet, and where it stands in the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._chunks = _texts(file)
        self._text = ""
        self._at = 0
        self._line = 1
        self._column = 1
        self._more()
        self._text = self._text.removeprefix(BOM)

    def peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            found = _blank.match(self._text, self._at)
            assert found is not None
            self._advance(found.end())
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Passes the character that `peek` has shown."""
        self._advance(self._at + 1)

    def row(self) -> Row:
        """The value that comes next."""
        self.peek()
        while True:
            value, end, fault = decode(self._text, self._at)
            # A number at the window's edge may go on behind it, and what is cut off there is no fault.
            at_the_edge = end == len(self._text) if fault is None else len(self._text) - self._at <= LARGEST_ROW
            if at_the_edge and self._more():
                continue
            if fault is not None:
                self._advance(fault[0])
                raise self.broken(fault[1])
            row = Row(self._line, value)
            self._advance(end)
            return row

    def broken(self, reason: str) -> BrokenFile:
        """To raise: the file cannot be read past the window's place."""
        return BrokenFile(self._line, self._column, reason if self._at < len(self._text) else f"{reason}; it ends here")

    def _advance(self, to: int) -> None:
        lines = self._text.count("\n", self._at, to)
        self._line += lines
        if lines:
            self._column = to - self._text.rindex("\n", self._at, to)
        else:
            self._column += to - self._at
        self._at = to

    def _more(self) -> bool:
        """Lets go of what was read and takes the next chunk; False at the end."""
        try:
            chunk = next(self._chunks, "")
        except UnicodeDecodeError:
            self._advance(len(self._text))
            raise BrokenFile(self._line, self._column, "the text is not UTF-8") from None
        if chunk:
            self._text = self._text[self._at :] + chunk
            self._at = 0
        return bool(chunk)


def _texts(file: IO[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        raw = file.read(CHUNK)
        try:
            text = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            # The rows before the fault are good: they are read before it is raised.
            yield bytes(error.object[: error.start]).decode()
            raise
        # A chunk may hold nothing but a piece of a character, and an empty text would mean the end.
        if text:
            yield text
        elif not raw:
            return
