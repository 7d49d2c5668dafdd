"""`python -m bench`."""

import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import appends, commands, http, lag, orders, projections, reads, report, views
from bench.history.command import history
from bench.measure import Result
from bench.progress import Progress
from bench.world import NotStarted, World, world


class Name(StrEnum):
    appends = "appends"
    commands = "commands"
    orders = "orders"
    http = "http"
    reads = "reads"
    views = "views"
    projections = "projections"
    lag = "lag"


BENCHMARKS: dict[Name, Callable[[World], list[Result]]] = {
    Name.appends: appends.run,
    Name.commands: commands.run,
    Name.orders: orders.run,
    Name.http: http.run,
    Name.reads: reads.run,
    Name.views: views.run,
    Name.projections: projections.run,
    Name.lag: lag.run,
}


def main(
    context: typer.Context,
    only: Annotated[list[Name] | None, typer.Option(help="one benchmark; may be repeated")] = None,
    json: Annotated[Path | None, typer.Option(help="write the results to this file, too")] = None,
) -> None:
    """Measure ours beside its baselines, on real services in a temporary home; ratios first.

    A missed target is printed as MISSED; the exit status is that of errors alone.
    """
    if context.invoked_subcommand is not None:
        return
    console = Console()
    progress = Progress(console)
    began = time.monotonic()
    results: list[Result] = []
    try:
        with world(progress) as services:
            for name in only or BENCHMARKS:
                progress.begin(name)
                try:
                    results += BENCHMARKS[name](services)
                finally:
                    progress.end()
    except NotStarted:
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("interrupted; everything that was started is stopped", style="red")
        sys.exit(130)
    report.show(console, results)
    if json is not None:
        report.save(json, results, time.monotonic() - began)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(main)
    app.command()(history)
    app()
