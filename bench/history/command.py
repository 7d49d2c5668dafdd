"""`python -m bench history`."""

import json
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from bench.history import report
from bench.history.file import REAL, made_up, measured
from bench.history.processes import product
from bench.history.run import SHARES, as_json, run
from bench.progress import Progress


def history(
    file: Annotated[Path | None, typer.Option(help="of invoice lines, in order of time")] = None,
    invoices: Annotated[int | None, typer.Option(min=2000, help="make up a history of so many instead")] = None,
    output: Annotated[Path | None, typer.Option("--json", help="write the results to this file, too")] = None,
) -> None:
    """Import a real shop's year and measure what it costs as the history grows; in a temporary home.

    Without a file it is the one in ../shared/data, or where that is missing a made-up one of 26,000 invoices.
    """
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    progress = Progress(console)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with tempfile.TemporaryDirectory(prefix="storefold-history-") as folder:
            progress.begin("history")
            path = file or REAL
            if invoices is not None or not path.exists():
                if file is not None and not path.exists():
                    raise typer.BadParameter(f"{path} does not exist")
                path = made_up(Path(folder) / "history.csv", invoices or 26_000)
            found = measured(path, SHARES)
            progress.note(f"{path.name}: {found.lines:,} lines")
            progress.say("starting the product")
            home = Path(folder) / "home"
            with product(home) as running:
                outcome = run(running, home, found, progress)
    except KeyboardInterrupt:
        console.print("interrupted; everything that was started is stopped", style="red")
        sys.exit(130)
    finally:
        progress.end()
    report.show(console, outcome)
    if output is not None:
        output.write_text(json.dumps(as_json(outcome), indent=2) + "\n")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
