"""The tables at the end."""

from rich.console import Console
from rich.table import Table

from bench.history.run import Outcome

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
    """Wall clock and CPU: the one is what a client waits, the other what a busy machine does not falsify."""
    table = Table(title="costs with so many events in the log: request, median ms (CPU ms); rebuilt event, µs (CPU µs)")
    table.add_column("", no_wrap=True)
    for stage in outcome.stages:
        table.add_column(f"{stage.share:.0%}\n{stage.events:,}", justify="right", no_wrap=True)
    table.add_column("last : first\n(CPU)", justify="right", no_wrap=True)
    for number, cost in enumerate(outcome.stages[-1].costs):
        _row(table, cost.name, [(s.costs[number].median, s.costs[number].cpu) for s in outcome.stages])
    for number, rebuilt in enumerate(outcome.stages[-1].rebuilds):
        pairs = [(1e6 / s.rebuilds[number].rate, s.rebuilds[number].cost) for s in outcome.stages]
        _row(table, f"rebuild of {rebuilt.store}", pairs)
    return table


def _row(table: Table, name: str, pairs: list[tuple[float, float]]) -> None:
    (wall, cpu), (last_wall, last_cpu) = pairs[0], pairs[-1]
    ratio = f"{last_wall / wall:.2f}× ({last_cpu / cpu:.2f}×)" if wall and cpu else ""
    table.add_row(name, *(f"{one:.2f} ({other:.2f})" for one, other in pairs), ratio)


def _rebuilds(outcome: Outcome) -> Table:
    table = Table(title=f"rebuild of all models, events/s (aim: {AIM:,})")
    table.add_column("", no_wrap=True)
    for heading in ("alone", "of a CPU", "last tenth", "differ", "under load", "requests/s", "API p95 alone → beside"):
        table.add_column(heading, justify="right", no_wrap=True)
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
