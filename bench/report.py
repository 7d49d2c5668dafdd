"""The table at the end, and the same as JSON."""

import json
import os
import platform
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure import Result


def show(console: Console, results: list[Result]) -> None:
    table = Table(title="ratios first: ours against the baseline of the same run")
    for heading in ("figure", "target", "", "what", "measured"):
        table.add_column(heading, justify="right" if heading in ("figure", "target") else "left")
    for result in sorted(results, key=lambda result: result.unit != "×"):
        table.add_row(
            _text(result.figure, result.unit),
            f"{result.sign} {_text(result.target, result.unit)}",
            "[green]pass[/green]" if result.passed else "[bold red]MISSED[/bold red]",
            result.name,
            result.detail,
        )
    console.print(table)
    missed = [result.name for result in results if not result.passed]
    if missed:
        console.print(f"[bold red]{len(missed)} of {len(results)} targets missed:[/bold red] {'; '.join(missed)}")
    else:
        console.print(f"[green]all {len(results)} targets met[/green]")


def save(path: Path, results: list[Result], seconds: float) -> None:
    document = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "seconds": round(seconds, 1),
        "results": [result.as_json() for result in results],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _text(figure: float, unit: str) -> str:
    if unit == "/s":
        return f"{figure:,.0f}/s"
    if unit == "ms":
        return f"{figure:.0f} ms"
    return f"{figure:.2f}×"
