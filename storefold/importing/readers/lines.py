"""Lines of text from bytes, for the formats that are made of lines."""

from collections.abc import Iterator
from typing import IO

from storefold.importing.rows import LARGEST_ROW, BrokenFile

BOM = "\ufeff"


def numbered_lines(file: IO[bytes], *, forgiving: bool = False) -> Iterator[tuple[int, str]]:
    """Line numbers from 1, and the lines with their ends. Raises BrokenFile; `forgiving` only for a line that
    is too long, bytes that are no UTF-8 then become lone surrogates."""
    errors = "surrogateescape" if forgiving else "strict"
    number = 0
    while raw := file.readline(LARGEST_ROW + 1):
        number += 1
        if len(raw) > LARGEST_ROW:
            raise BrokenFile(number, None, f"the line is longer than {LARGEST_ROW:,} bytes")
        try:
            line = raw.decode(errors=errors)
        except UnicodeDecodeError as error:
            column = len(raw[: error.start].decode()) + 1
            raise BrokenFile(number, column, "the text is not UTF-8") from None
        yield number, line.removeprefix(BOM) if number == 1 else line
