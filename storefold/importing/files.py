"""Opens what is to be imported: a file, plain or compressed, or the standard input."""

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from storefold.importing.readers.csv_table import read_csv
from storefold.importing.readers.json_lines import read_json_lines
from storefold.importing.readers.json_list import read_json
from storefold.importing.rows import BrokenFile, Rows


class Format(StrEnum):
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


Readers = Mapping[Format, Callable[[IO[bytes]], Rows]]
READERS: Readers = {
    Format.json: read_json,
    Format.jsonl: read_json_lines,
    Format.csv: read_csv,
}
_SUFFIXES = {
    ".json": Format.json,
    ".jsonl": Format.jsonl,
    ".ndjson": Format.jsonl,
    ".csv": Format.csv,
    ".tsv": Format.csv,
}
_COMPRESSED: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda raw: gzip.GzipFile(fileobj=raw),
    ".xz": lzma.open,
    ".bz2": bz2.open,
}


@dataclass(frozen=True)
class Source:
    """An open file. `size` is that of the file on disk, None for a pipe; `done` how much of it was
    read."""

    format: Format
    size: int | None
    done: Callable[[], int]
    rows: Rows


@contextmanager
def opened(path: Path, form: Format | None = None, readers: Readers = READERS) -> Iterator[Source]:
    """`-` is the standard input. Raises OSError when the file cannot be opened; its `rows` raise
    BrokenFile."""
    if str(path) == "-":
        chosen = form or _look(sys.stdin.buffer)
        yield Source(chosen, None, lambda: 0, readers[chosen](sys.stdin.buffer))
        return
    with path.open("rb") as raw:
        unpack = _COMPRESSED.get(path.suffix.lower())
        name = path.with_suffix("") if unpack else path
        file: IO[bytes] = unpack(raw) if unpack else raw
        chosen = form or _SUFFIXES.get(name.suffix.lower()) or _look(file)
        rows = readers[chosen](file)
        yield Source(chosen, path.stat().st_size, raw.tell, _unpacked(rows) if unpack else rows)


def _look(file: IO[bytes]) -> Format:
    """The format by the first character, for a file whose name does not tell."""
    peek: Callable[[int], bytes] = file.peek  # type: ignore[attr-defined]  # all of ours are buffered
    start = peek(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return Format.json if start[:1] == b"[" else Format.jsonl if start[:1] == b"{" else Format.csv


def _unpacked(rows: Rows) -> Rows:
    """A damaged archive is a broken file, too. Its place is the last good row's."""
    line = 1
    try:
        for row in rows:
            line = row.line
            yield row
    except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        raise BrokenFile(line, None, f"the compressed file is damaged behind this line: {error}") from error
