"""What an import must remember of every row, in a temporary file: memory stays the same however many
products there are."""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that did not become a product."""

    line: int
    product: str
    reason: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


class Ledger:
    """Which SKUs were seen at which line, and which rows were skipped."""

    def __init__(self) -> None:
        # No name: SQLite keeps it in memory up to its small cache, then in a file without a name.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            """PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            CREATE TABLE seen (sku TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID;
            CREATE TABLE skipped (line INTEGER, product TEXT, reason TEXT);
            BEGIN"""
        )

    def first_line(self, sku: str, line: int) -> int:
        """The line on which the SKU was met first: `line` itself when it is new."""
        self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (sku, line))
        found: int = self._db.execute("SELECT line FROM seen WHERE sku = ?", (sku,)).fetchone()[0]
        return found

    def skip(self, skipped: Skipped) -> None:
        self._db.execute("INSERT INTO skipped VALUES (?, ?, ?)", (skipped.line, skipped.product, skipped.reason))

    def skipped(self) -> Iterator[Skipped]:
        """In the order of the file."""
        for row in self._db.execute("SELECT line, product, reason FROM skipped ORDER BY line"):
            yield Skipped(*row)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
