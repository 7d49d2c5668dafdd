"""The whole run: import, interrupt, measure, go on; then rebuilds, memory and the log."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from bench.history import load
from bench.history.file import History
from bench.history.importing import Imported, import_until
from bench.history.probes import Cost, Probes
from bench.history.processes import Memory, Product, Taken, cpu_seconds, tree
from bench.history.rebuild import Rebuilt
from bench.progress import Progress
from storefold.stack import Endpoints

SHARES = (0.1, 0.5, 1.0)
STORES = ("redis", "elasticsearch")
QUIET = 10.0  # seconds of load with nothing beside it


class Stage(msgspec.Struct, frozen=True):
    """What things cost when so much of the history was in: `events` in the log."""

    share: float
    events: int
    imported: Imported
    costs: list[Cost]
    rebuilds: list[Rebuilt]


class Loaded(msgspec.Struct, frozen=True):
    """A rebuild under load, and what the load's answers took meanwhile (milliseconds)."""

    rebuilt: Rebuilt
    rate: float
    p95: float


class LogSize(msgspec.Struct, frozen=True):
    """Bytes; `table` and `indexes` as they lie on disk, `states` what the events themselves come to."""

    events: int
    table: int
    indexes: int
    states: int


class Outcome(msgspec.Struct, frozen=True):
    lines: int
    stages: list[Stage]
    quiet_p95: float
    loaded: list[Loaded]
    processes: list[Taken]
    log: LogSize


def run(product: Product, home: Path, history: History, progress: Progress) -> Outcome:
    """`home`: the product's, new; files of this run go beside it."""
    stages = [_stage(product, home.parent, history, share, progress) for share in SHARES]
    progress.say("load alone")
    quiet = load.for_a_while(product, QUIET)
    loaded = []
    for store in STORES:
        progress.say(f"rebuilding {store} under load")
        with load.beside(product) as answers:
            rebuilt = _rebuild(product, store)
        loaded.append(Loaded(rebuilt, answers.rate, answers.p95))
        progress.note(f"{store}: {rebuilt.rate:,.0f} events/s under load, API p95 {answers.p95:.0f} ms")
    importer = Taken("storefold import-orders", Memory(0, max(stage.imported.peak for stage in stages)))
    rebuilds = [
        Taken(f"rebuild of {store}", Memory(0, max(r.peak for s in stages for r in s.rebuilds if r.store == store)))
        for store in STORES
    ]
    return Outcome(
        lines=history.lines,
        stages=stages,
        quiet_p95=quiet.p95,
        loaded=loaded,
        processes=[*tree(product.pid), importer, *rebuilds],
        log=_log_size(home),
    )


def _stage(product: Product, folder: Path, history: History, share: float, progress: Progress) -> Stage:
    progress.say(f"importing up to {share:.0%}")
    imported = import_until(product, history, None if share == 1 else history.days[share], folder)
    progress.note(f"{share:.0%}: {imported.events:,} events in {imported.seconds:.0f} s")
    progress.say(f"commands and queries at {share:.0%}")
    probes = Probes(product.port, lambda: cpu_seconds(product.pid, "storefold api"))
    costs = probes.costs()
    probes.close()
    rebuilds = []
    for store in STORES:
        progress.say(f"rebuilding {store} at {share:.0%}")
        rebuilds.append(_rebuild(product, store, "--compare"))
        progress.note(f"{store}: {rebuilds[-1].rate:,.0f} events/s, {rebuilds[-1].differing} documents differ")
    return Stage(share, rebuilds[0].events, imported, costs, rebuilds)


def _rebuild(product: Product, store: str, *more: str) -> Rebuilt:
    command = (sys.executable, "-m", "bench.history.rebuild", store, *more)
    done = subprocess.run(command, env=product.environment, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Rebuilt)


def _log_size(home: Path) -> LogSize:
    with psycopg.connect(Endpoints.of(home).postgres_owner_dsn) as conn:
        row = conn.execute(
            """SELECT count(*), pg_table_size('events'), pg_indexes_size('events'), sum(octet_length(state))
            FROM events"""
        ).fetchone()
    assert row is not None
    return LogSize(*(int(value) for value in row))


def as_json(outcome: Outcome) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(msgspec.json.encode(outcome))
    return made
