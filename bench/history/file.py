"""The history to import: a real shop's where there is one, else a made-up one of the same shape."""

import csv
import lzma
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TextIO

REAL = Path(__file__).parents[3] / "shared" / "data" / "online_retail.csv.xz"
COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip
YEAR = timedelta(days=373)
FIRST = datetime(2010, 12, 1, 8, 26)  # noqa: DTZ001  # as the file writes it
# As the real one is: few things sell often, most invoices are short and some are very long, a sixth are returns, a
# quarter of the lines have no customer.
PRODUCTS, CUSTOMERS, LONGEST = 4000, 4300, 1100
RETURNS, GUESTS, ADJUSTMENTS = 0.15, 0.25, 0.05


@dataclass(frozen=True, slots=True)
class History:
    """`days`: the business day (`2011-03-04`) on which each share of the lines is reached."""

    path: Path
    lines: int
    days: dict[float, str]


def measured(path: Path, shares: tuple[float, ...]) -> History:
    """Reads the file once; its lines are in order of time."""
    with _text(path) as file:
        dates = [row["InvoiceDate"][:10] for row in csv.DictReader(file)]
    return History(path, len(dates), {share: dates[min(int(len(dates) * share), len(dates) - 1)] for share in shares})


def made_up(path: Path, invoices: int, seed: int = 1) -> Path:
    """Writes a history of so many invoices, always the same one."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for invoice in _invoices(invoices, random.Random(seed)):
            writer.writerows(invoice)
    return path


Line = tuple[str, str, str, float, str, float, str, str]


def _invoices(count: int, dice: random.Random) -> Iterator[list[Line]]:
    weights = list(accumulate(1 / (number + 3) ** 0.7 for number in range(PRODUCTS)))
    prices = [dice.choice((42, 85, 125, 255, 495, 1275)) / 100 for _ in range(PRODUCTS)]
    bought: list[tuple[str, list[int]]] = []
    for number in range(count):
        at = (FIRST + YEAR * number / count).strftime("%Y-%m-%d %H:%M:00")
        roll = dice.random()
        customer = "" if dice.random() < GUESTS else f"{12000 + dice.randrange(CUSTOMERS)}.0"
        letter, sign = "", 1
        if roll < RETURNS and bought:
            customer, codes = dice.choice(bought)
            codes, letter, sign = codes[: dice.randint(1, 3)], "C", -1
        elif roll < RETURNS + ADJUSTMENTS:
            codes, customer, sign = dice.choices(range(PRODUCTS), cum_weights=weights), "", -1
        else:
            codes = dice.choices(
                range(PRODUCTS), cum_weights=weights, k=min(LONGEST, max(1, int(dice.lognormvariate(2.5, 1.1))))
            )
            if customer:
                bought = [*bought[-200:], (customer, codes)]
        price = 0.0 if sign < 0 and not letter else None
        yield [
            (
                f"{letter}{536365 + number}", f"{20000 + code}", f"THING NUMBER {code}",
                float(sign * dice.randint(1, 12)), at,
                prices[code] if price is None else price, customer, "United Kingdom",
            )
            for code in codes
        ]  # fmt: skip


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    with lzma.open(path, "rt") if path.suffix == ".xz" else path.open() as file:
        yield file
