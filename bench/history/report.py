"""The tables at the end."""

from rich.console import Console
from rich.table import Table

from bench.history.run import Outcome, Stage

MEGABYTE = 1 << 20
AIM = 15_000  # events per second


def show(console: Console, outcome: Outcome) -> None:
    for table in (_import(outcome), _costs(outcome), _rebuilds(outcome), _memory(outcome)):
        console.print(table)
    log = outcome.log
    console.print(
        f"Log: {log.events:,} events, {(log.table + log.indexes) / log.events:,.0f} bytes each on disk "
        f"(table {log.table / log.events:,.0f}, indexes {log.indexes / log.events:,.0f}); "
        f"{log.states / log.events:,.0f} bytes are the event itself",
        highlight=False,
    )


def _import(outcome: Outcome) -> Table:
    table = Table(title=f"import of {outcome.lines:,} lines, interrupted twice")
    for heading in ("up to", "events", "seconds", "events/s while sending", "API p95"):
        table.add_column(heading, justify="right")
    for stage in outcome.stages:
        did, report = stage.imported, stage.imported.report
        table.add_row(
            f"{stage.share:.0%}", f"{did.events:,}", f"{did.seconds:,.0f}",
            f"{report['events_per_second']:,.0f}", f"{did.p95:.1f} ms",
        )  # fmt: skip
    total = sum(stage.imported.seconds for stage in outcome.stages)
    table.add_row("all", f"{sum(s.imported.events for s in outcome.stages):,}", f"{total:,.0f}", "", "")
    return table


def _costs(outcome: Outcome) -> Table:
    first, last = outcome.stages[0], outcome.stages[-1]
    table = Table(title="costs with so many events in the log: median ms of a request, µs of a rebuilt event")
    table.add_column("", no_wrap=True)
    for stage in outcome.stages:
        table.add_column(f"{stage.share:.0%}\n{stage.events:,}", justify="right")
    table.add_column("last :\nfirst", justify="right")
    for number, cost in enumerate(last.costs):
        values = [stage.costs[number].median for stage in outcome.stages]
        table.add_row(cost.name, *(f"{value:.2f}" for value in values), f"{values[-1] / values[0]:.2f}×")
    for number, rebuilt in enumerate(last.rebuilds):
        values = [_microseconds(stage, number) for stage in outcome.stages]
        ratio = _microseconds(last, number) / _microseconds(first, number)
        table.add_row(f"rebuild of {rebuilt.store}", *(f"{value:.1f}" for value in values), f"{ratio:.2f}×")
    return table


def _microseconds(stage: Stage, number: int) -> float:
    return 1e6 / stage.rebuilds[number].rate


def _rebuilds(outcome: Outcome) -> Table:
    table = Table(title=f"rebuild of all models, events/s (aim: {AIM:,})")
    table.add_column("", no_wrap=True)
    for heading in (
        "alone",
        "own CPU",
        "last tenth",
        "differing",
        "under load",
        "requests/s",
        "API p95\nalone → beside",
    ):
        table.add_column(heading, justify="right")
    for alone, loaded in zip(outcome.stages[-1].rebuilds, outcome.loaded, strict=True):
        table.add_row(
            alone.store, f"{alone.rate:,.0f}", f"{alone.cpu / alone.seconds:.0%}", f"{alone.last:,.0f}",
            str(alone.differing), f"{loaded.rebuilt.rate:,.0f}", f"{loaded.rate:,.0f}",
            f"{outcome.quiet_p95:.0f} → {loaded.p95:.0f} ms",
        )  # fmt: skip
    return table


def _memory(outcome: Outcome) -> Table:
    table = Table(title="memory of every process, MB")
    table.add_column("")
    table.add_column("at the end", justify="right")
    table.add_column("most", justify="right")
    for process in outcome.processes:
        now = f"{process.memory.resident / MEGABYTE:,.0f}" if process.memory.resident else "ended"
        table.add_row(process.name, now, f"{process.memory.peak / MEGABYTE:,.0f}")
    return table
