"""Made-up pasts of a shop: files of invoice lines, the command that imports them, and what of them is in the log."""

import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storefold.stack import Endpoints
from write_side.database import Database
from write_side.event_store import PostgresLog

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def import_orders(home: Path, *arguments: str | Path) -> "subprocess.Popen[str]":
    """`storefold import-orders`, beside the product that runs in this home."""
    return subprocess.Popen(
        [sys.executable, "-m", "storefold", "import-orders", *map(str, arguments)],
        env={**os.environ, "STOREFOLD_HOME": str(home), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def write_past(path: Path, prefix: str, invoices: int, seed: int = 1) -> Path:
    """So many invoices of about five lines, of orders, returns and adjustments; codes begin with the prefix."""
    drawn = random.Random(seed)
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(invoices):
            at = f"2011-{1 + number * 12 // invoices:02}-{1 + number % 28:02} 10:00:00"
            kind = drawn.choices(["order", "return", "adjustment"], [85, 10, 5])[0]
            customer = "" if drawn.random() < 0.2 else f"{drawn.randrange(50)}.0"
            for _ in range(1 if kind == "adjustment" else drawn.randrange(1, 10)):
                code = f"{prefix}{drawn.randrange(60)}"
                quantity = drawn.randrange(1, 12) * (1 if kind == "order" else -1)
                name = f"{'C' if kind == 'return' else ''}{10_000 + number}"
                price = "0.0" if kind == "adjustment" else f"{drawn.randrange(1, 900) / 100}"
                file.write(f"{name},{code},Thing {code},{quantity}.0,{at},{price},{customer},France\n")
    return path


class Recorded:
    """What the log of a home has of a source: each stream's events in order, without what differs between two
    imports of the same file: ids, which become what they stand for, and the codes' prefix."""

    def __init__(self, home: Path) -> None:
        self._log = PostgresLog(Database(Endpoints.of(home).postgres_dsn))

    def close(self) -> None:
        self._log.close()

    def count(self, source: str, kind: str = "past-order") -> int:
        """Numbers of a kind that are taken by now."""
        with self._log.connection() as conn:
            query = "SELECT count(*) FROM names WHERE kind = %s AND starts_with(value, %s)"
            row = conn.execute(query, (kind, f"{source}:")).fetchone()
        assert row is not None
        return int(row[0])

    def streams(self, source: str, prefix: str) -> dict[str, list[Any]]:
        names = {f"{kind}:{owner}": label for kind, owner, label in self._names(source, prefix)}
        found: dict[str, list[Any]] = defaultdict(list)
        ids = [int(name.partition(":")[2]) for name in names]
        streams = [f"{kind}-{key}" for key in ids for kind in ("order", "return", "stock", "account", "product")]
        with self._log.connection() as conn:
            rows = conn.execute(
                "SELECT stream, event, data FROM history WHERE stream = ANY (%s) ORDER BY stream, version", (streams,)
            ).fetchall()
        labels = {name.partition(":")[2]: label for name, label in names.items()}
        for stream, event, data in rows:
            kind, _, key = stream.partition("-")
            text = json.dumps([event, _plain(data, labels)], sort_keys=True)
            found[f"{kind} {labels[key]}"].append(text.replace(prefix, "").replace(prefix.lower(), ""))
        return dict(found)

    def _names(self, source: str, prefix: str) -> Iterator[tuple[str, int, str]]:
        query = """SELECT kind, owner, value FROM names WHERE kind = 'sku' AND starts_with(value, %s)
            OR kind IN ('customer', 'past-order', 'past-return') AND starts_with(value, %s)"""
        with self._log.connection() as conn:
            for kind, owner, value in conn.execute(query, (prefix, f"{source}:")):
                yield kind, int(owner), value.removeprefix(prefix).removeprefix(f"{source}:")


def _plain(value: Any, labels: dict[str, str]) -> Any:
    """Without line ids and slugs, which are drawn; other ids become labels."""
    if isinstance(value, list):
        return [_plain(one, labels) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {}
    for name, one in value.items():
        if name in ("line_id", "order_line_id", "slug", "source"):
            continue
        plain[name] = labels[str(one)] if name.endswith("_id") and one is not None else _plain(one, labels)
    return plain
