"""The history that is imported, and what is read off processes and reports."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bench.history.file import COLUMNS, made_up, measured
from bench.history.importing import Imported
from bench.history.probes import Cost
from bench.history.processes import Memory, Taken, cpu_seconds, memory, tree
from bench.history.rebuild import Rebuilt
from bench.history.report import show
from bench.history.run import Loaded, LogSize, Outcome, Stage


def test_a_made_up_history_is_always_the_same_and_has_every_kind_of_line(tmp_path: Path) -> None:
    one, other = made_up(tmp_path / "a.csv", 400), made_up(tmp_path / "b.csv", 400)
    assert one.read_bytes() == other.read_bytes()
    with one.open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len({row["InvoiceNo"] for row in rows}) == 400
    dates = [row["InvoiceDate"] for row in rows]
    assert dates == sorted(dates)
    returns = [row for row in rows if row["InvoiceNo"].startswith("C")]
    assert returns and all(row["Quantity"].startswith("-") for row in returns)
    adjusted = [row for row in rows if row["Quantity"].startswith("-") and row not in returns]
    assert adjusted and {row["UnitPrice"] for row in adjusted} == {"0.0"}
    assert any(not row["CustomerID"] for row in rows if row["Quantity"][0] != "-")
    lines = [sum(row["InvoiceNo"] == number for row in rows) for number in {row["InvoiceNo"] for row in rows}]
    assert min(lines) == 1 and max(lines) > 40


def test_shares_are_days_of_the_file(tmp_path: Path) -> None:
    lines = [f"{number},A,N,1,2011-01-{1 + number:02} 10:00:00,1.0,,UK" for number in range(10)]
    path = tmp_path / "h.csv"
    path.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")
    found = measured(path, (0.1, 0.5, 1.0))
    assert (found.lines, found.days) == (10, {0.1: "2011-01-02", 0.5: "2011-01-06", 1.0: "2011-01-10"})


PART = "storefold weigh"  # no service of the run's own is called so


def test_memory_is_that_of_the_process_and_of_those_below_it() -> None:
    own = memory()
    assert own.peak >= own.resident > 1 << 20
    code = "import sys; keep = b'x' * (64 << 20); print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, *PART.split()], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        below = {taken.name: taken.memory for taken in tree(os.getpid())}
        assert below[PART].resident > 64 << 20
        assert child.stdin is not None
        assert cpu_seconds(os.getpid(), PART) >= 0.01
        child.stdin.close()
    with pytest.raises(LookupError):
        cpu_seconds(os.getpid(), PART)


def test_the_tables_show_costs_beside_one_another() -> None:
    def rebuilt(store: str, seconds: float) -> Rebuilt:
        return Rebuilt(store, 20_000, seconds, seconds / 2, 19_000.0, 50 << 20, 0)

    def stage(share: float, median: float) -> Stage:
        imported = Imported(10.0, 90 << 20, 40, 12.0, {"events": 1000, "events_per_second": 100.0})
        costs = [Cost("query order", median, 3.0, median / 2)]
        return Stage(share, 20_000, imported, costs, [rebuilt("redis", 1.0), rebuilt("elasticsearch", 2.0)])

    outcome = Outcome(
        lines=5000,
        stages=[stage(0.1, 1.0), stage(1.0, 1.5)],
        quiet_p95=4.0,
        loaded=[Loaded(rebuilt("redis", 2.0), 150.0, 9.0), Loaded(rebuilt("elasticsearch", 4.0), 150.0, 9.0)],
        processes=[Taken("storefold api", Memory(170 << 20, 180 << 20))],
        log=LogSize(20_000, 7_000_000, 1_000_000, 6_000_000),
    )
    text = io.StringIO()
    show(Console(file=text, width=120), outcome)
    said = re.sub(r"[^\S\n]+", " ", text.getvalue())
    assert "query order │ 1.00 (0.50) │ 1.50 (0.75) │ 1.50× (1.50×)" in said
    assert "rebuild of redis │ 50.00 (25.00) │ 50.00 (25.00) │ 1.00× (1.00×)" in said
    assert "redis │ 20,000 │ 50% │ 19,000 │ 0 │ 10,000 │ 150 │ 4 → 9 ms" in said
    assert "storefold api │ 170 │ 180" in said
    assert "400 bytes each on disk (table 350, indexes 50); 300 bytes" in said.replace("\n", " ")
