"""All lines of a file, in a temporary one: what follows from all of them together is asked here, and memory
stays the same however many there are."""

import sqlite3
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from storefold.importing.past.lines import LeftOut, Line

_SCHEMA = """PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;
CREATE TABLE lines (
    line INTEGER PRIMARY KEY, invoice TEXT, kind TEXT, code TEXT, description TEXT, quantity INTEGER,
    price INTEGER, at TEXT, customer TEXT, country TEXT, reason TEXT, detail TEXT
);
CREATE TABLE invoices (
    rank INTEGER PRIMARY KEY, invoice TEXT UNIQUE, at TEXT, customer TEXT, country TEXT
);
CREATE TABLE given_back (line INTEGER PRIMARY KEY, quantity INTEGER);
BEGIN"""

# Invoices in order of time, those of one moment as they stand. An invoice is of its first line's time.
_SORT = """CREATE INDEX by_invoice ON lines (invoice);
INSERT INTO invoices (invoice, at, customer, country)
    SELECT invoice, at, customer, country FROM (
        SELECT invoice, min(line) AS first, at,
            (SELECT customer FROM lines m WHERE m.invoice = l.invoice AND customer IS NOT NULL
                AND reason IS NULL ORDER BY line LIMIT 1) AS customer,
            country
        FROM lines l WHERE reason IS NULL GROUP BY invoice
    ) ORDER BY at, first;
UPDATE lines SET reason = 'its customer is not that of its invoice', detail = lines.customer
    FROM invoices i WHERE i.invoice = lines.invoice AND lines.customer != i.customer AND lines.reason IS NULL;
CREATE INDEX by_purchase ON lines (code, invoice) WHERE kind = 'sale' AND reason IS NULL;
CREATE INDEX by_customer ON invoices (customer, rank);"""

# What leaves and enters the stock, in the order in which it is sent: an invoice's sales together first.
_LEVELS = """SELECT code, -min(level) FROM (
    SELECT code, sum(by) OVER (PARTITION BY code ORDER BY rank, later, line ROWS UNBOUNDED PRECEDING) AS level
    FROM (
        SELECT code, rank, kind = 'adjustment' AS later, line,
            CASE kind WHEN 'sale' THEN -quantity ELSE quantity END AS by
        FROM lines JOIN invoices USING (invoice)
        WHERE reason IS NULL AND kind IN ('sale', 'back', 'adjustment')
    )
) GROUP BY code HAVING min(level) < 0"""

# What a product was mostly called when it was sold, and the last price that it was sold at: of a group's bare
# columns SQLite gives the row that has the maximum.
_PRODUCTS = """WITH names AS MATERIALIZED (
    SELECT code, description, kind = 'sale' AS sold, count(*) AS many, min(line) AS first
    FROM lines WHERE reason IS NULL AND kind IN ('sale', 'back', 'adjustment') GROUP BY code, description, sold
), best AS (
    SELECT code, description, min(first) OVER (PARTITION BY code) AS first, row_number() OVER (
        PARTITION BY code ORDER BY description != '' DESC, sold DESC, many DESC, first
    ) AS place FROM names
), prices AS MATERIALIZED (
    SELECT code, price, max(rank << 32 | line) FROM lines JOIN invoices USING (invoice)
    WHERE reason IS NULL AND kind = 'sale' AND price > 0 GROUP BY code
)
SELECT b.code, coalesce(nullif(b.description, ''), b.code), coalesce(p.price, 0)
FROM best b LEFT JOIN prices p ON p.code = b.code WHERE b.place = 1 ORDER BY b.first"""

_FIGURES = """SELECT substr(i.at, 1, 7) AS month,
    count(DISTINCT CASE WHEN kind IN ('sale', 'charge') THEN invoice END),
    coalesce(sum(CASE kind WHEN 'sale' THEN quantity END), 0),
    coalesce(sum(CASE kind WHEN 'sale' THEN quantity * price END), 0),
    coalesce(sum(CASE kind WHEN 'charge' THEN quantity * price END), 0),
    count(DISTINCT CASE WHEN kind IN ('back', 'back-charge') THEN invoice END),
    coalesce(sum(CASE kind WHEN 'back' THEN quantity END), 0),
    coalesce(sum(CASE kind WHEN 'back' THEN quantity * price END), 0),
    coalesce(-sum(CASE kind WHEN 'back-charge' THEN quantity * price END), 0)
FROM lines JOIN invoices i USING (invoice) WHERE reason IS NULL AND kind != 'adjustment'
GROUP BY month ORDER BY month"""

_PURCHASES = """SELECT l.line, l.invoice, l.quantity - coalesce(g.quantity, 0) AS left,
    (SELECT count(*) FROM lines b WHERE b.invoice = l.invoice AND b.kind = 'sale' AND b.reason IS NULL
        AND b.line <= l.line)
FROM invoices i CROSS JOIN lines l ON l.invoice = i.invoice LEFT JOIN given_back g ON g.line = l.line
WHERE i.customer = ? AND i.rank < ? AND l.code = ? AND l.kind = 'sale' AND l.reason IS NULL AND left > 0
ORDER BY i.rank DESC, l.line DESC"""


class Invoice(NamedTuple):
    """`at`: of its first line; `lines` as they stand, without those that are left out."""

    rank: int
    number: str
    at: str
    customer: str | None
    country: str | None
    lines: list[Line]

    def of(self, *kinds: str) -> list[Line]:
        return [line for line in self.lines if line.kind in kinds]


class Product(NamedTuple):
    code: str
    name: str
    price: int  # minor units


class Purchase(NamedTuple):
    """So many of a line that was bought before; `place` is the line's among its order's goods, from 1."""

    order: str
    place: int
    quantity: int


class Figures(NamedTuple):
    """A month of business time. Amounts are minor units: `revenue` and `returned_amount` of goods, `charges`
    what orders cost besides, `returned_charges` what returns gave back besides."""

    orders: int = 0
    units: int = 0
    revenue: int = 0
    charges: int = 0
    returns: int = 0
    returned_units: int = 0
    returned_amount: int = 0
    returned_charges: int = 0


class Book:
    """First `add` and `leave_out` every line, then `close_entry`, then ask."""

    def __init__(self) -> None:
        # No name: SQLite keeps it in memory up to its small cache, then in a file without a name.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._waiting: list[tuple[object, ...]] = []

    def add(self, line: Line) -> None:
        self._waiting.append((*line, None, None))
        if len(self._waiting) == 1000:
            self._flush()

    def leave_out(self, line: int, reason: LeftOut) -> None:
        self._waiting.append((line, *[None] * 9, reason.reason, reason.detail))

    def close_entry(self) -> None:
        self._flush()
        self._db.executescript(_SORT)

    def _flush(self) -> None:
        self._db.executemany(f"INSERT INTO lines VALUES ({', '.join('?' * 12)})", self._waiting)
        self._waiting.clear()

    # -- what follows from all lines ------------------------------------------------------------------

    def products(self) -> Iterator[Product]:
        """Every code of goods, in the order of the file."""
        return map(Product._make, self._db.execute(_PRODUCTS))

    def opening_levels(self) -> Iterator[tuple[str, int]]:
        """For each code the least level with which its stock never falls below zero, where that is above
        zero."""
        yield from self._db.execute(_LEVELS)

    def customers(self) -> Iterator[tuple[str, str | None]]:
        """With the country of their first invoice."""
        yield from self._db.execute(
            "SELECT customer, country FROM (SELECT customer, country, min(rank) AS first FROM invoices"
            " WHERE customer IS NOT NULL GROUP BY customer) ORDER BY first"
        )

    def sizes(self) -> tuple[int, int, int]:
        """How many products, customers and lines of invoices there are to send."""
        query = """SELECT count(DISTINCT code) FILTER (WHERE kind IN ('sale', 'back', 'adjustment')),
            (SELECT count(DISTINCT customer) FROM invoices), count(*) FROM lines WHERE reason IS NULL"""
        products, customers, lines = self._db.execute(query).fetchone()
        return products, customers, lines

    def beginning(self) -> str | None:
        """The business time of the first invoice."""
        at: str | None = self._db.execute("SELECT min(at) FROM invoices").fetchone()[0]
        return at

    def invoices(self, many: int) -> Iterator[list[Invoice]]:
        """In order of time, some at a time."""
        last = self._db.execute("SELECT coalesce(max(rank), 0) FROM invoices").fetchone()[0]
        for rank in range(1, last + 1, many):
            yield list(self._stretch(rank, rank + many - 1))

    def _stretch(self, first: int, last: int) -> Iterator[Invoice]:
        heads = self._db.execute(
            "SELECT rank, invoice, at, customer, country FROM invoices WHERE rank BETWEEN ? AND ?", (first, last)
        ).fetchall()
        for rank, number, at, customer, country in heads:
            lines = self._db.execute(
                "SELECT line, invoice, kind, code, description, quantity, price, at, customer, country FROM lines"
                " WHERE invoice = ? AND reason IS NULL ORDER BY line",
                (number,),
            )
            yield Invoice(rank, number, at, customer, country, list(map(Line._make, lines)))

    # -- earlier purchases ----------------------------------------------------------------------------

    def give_back(self, invoice: Invoice, code: str, quantity: int) -> list[Purchase]:
        """The customer's earlier purchases to which so many that come back belong, the latest first, as far
        as they reach; they are given back then."""
        found: list[Purchase] = []
        if invoice.customer is None:
            return found
        bought = self._db.execute(_PURCHASES, (invoice.customer, invoice.rank, code))
        for line, order, left, place in bought.fetchall():
            taken = min(left, quantity)
            found.append(Purchase(order, place, taken))
            self._db.execute(
                "INSERT INTO given_back VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
                (line, taken),
            )
            quantity -= taken
            if quantity == 0:
                break
        return found

    # -- what became of the lines ---------------------------------------------------------------------

    def refuse(self, lines: Sequence[Line], reason: str, detail: str) -> None:
        """Leaves out lines whose command was refused."""
        self._db.executemany(
            "UPDATE lines SET reason = ?, detail = ? WHERE line = ?", [(reason, detail, line.line) for line in lines]
        )

    def counts(self) -> tuple[int, int]:
        """Lines, and how many of them were taken."""
        total, taken = self._db.execute("SELECT count(*), count(*) FILTER (WHERE reason IS NULL) FROM lines").fetchone()
        return int(total), int(taken)

    def reasons(self) -> dict[str, int]:
        """How many lines were left out, by reason."""
        return dict(
            self._db.execute(
                "SELECT reason, count(*) FROM lines WHERE reason IS NOT NULL GROUP BY reason ORDER BY 2 DESC"
            )
        )

    def left_out(self) -> Iterator[tuple[int, str, str]]:
        """Line, reason and detail, in the order of the file."""
        yield from self._db.execute("SELECT line, reason, detail FROM lines WHERE reason IS NOT NULL ORDER BY line")

    def figures(self) -> dict[str, Figures]:
        """What the file's own lines add up to, by month (`2010-12`)."""
        return {month: Figures(*numbers) for month, *numbers in self._db.execute(_FIGURES)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
