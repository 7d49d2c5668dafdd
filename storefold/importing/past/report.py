"""What an import of a past says of itself: on the console, and as JSON."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from storefold.importing.past.book import Book, Figures
from storefold.importing.past.reconcile import Compared
from storefold.importing.past.run import Tally
from write_side.fields import decimal_text

_NAMES = {
    "sku": "products",
    "opening": "opening levels",
    "customer": "customers",
    "past-order": "orders",
    "past-return": "returns",
    "past-adjustment": "stock adjustments",
}
_HEADINGS = {
    "orders": "invoices",
    "returned_units": "units back",
    "returned_amount": "given back",
    "returned_charges": "charges back",
}
WIDTH = 150
_MONEY = frozenset({"revenue", "charges", "returned_amount", "returned_charges"})


@dataclass(slots=True)
class Outcome:
    """How a run ended. `problem`: why it went no further; `compared`: None when it did not come to that.
    `sending` is the seconds in which commands were sent."""

    file: str
    source: str
    currency: str
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    sending: float = 0.0
    lines: int = 0
    imported: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    compared: list[Compared] | None = None
    problem: str | None = None

    @property
    def reconciled(self) -> bool:
        """Every line is accounted for, and every month is equal to the penny."""
        accounted = self.imported + sum(self.skipped.values()) == self.lines
        return accounted and self.compared is not None and all(month.equal for month in self.compared)

    @property
    def rate(self) -> float:
        """Events a second, while commands were sent."""
        return self.tally.events / max(self.sending, 1e-9)


def tell(console: Console, errors: Console, outcome: Outcome) -> None:
    """The last lines of an import."""

    def say(text: str, style: str = "", on: Console = console) -> None:
        on.print(text, style=style, highlight=False, markup=False, emoji=False, soft_wrap=True)

    tally = outcome.tally
    for what, counts in (("recorded", tally.recorded), ("there already", tally.known)):
        say(f"{what}: {_counted(counts)}")
    say(f"{tally.events:,} events in {outcome.sending:.1f} s ({outcome.rate:,.0f}/s), {outcome.seconds:.1f} s in all")
    if outcome.lines:
        say(f"{outcome.lines:,} lines = {outcome.imported:,} imported + {sum(outcome.skipped.values()):,} skipped")
    for reason, count in outcome.skipped.items():
        say(f"  {count:,} skipped: {reason}")
    if outcome.compared is not None:
        # Wider than a narrow terminal rather than with figures cut short.
        wide = Console(file=console.file, width=max(console.width, WIDTH), no_color=console.no_color)
        wide.print(table(outcome.compared))
    if outcome.problem is not None:
        say(outcome.problem, "yellow", errors)
    elif outcome.reconciled:
        say("The read models equal the file, to the penny.", "green")
    else:
        say("The read models do not equal the file.", "red", errors)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[kind]:,} {name}" for kind, name in _NAMES.items())


def table(months: list[Compared]) -> Table:
    """A month a row: what the models show, and beneath it what the file says where that is something else."""
    shown = Table(title="Read models, beside the file, by month of business time", box=box.SIMPLE_HEAD)
    shown.add_column("month", no_wrap=True)
    for name in Figures._fields:
        shown.add_column(_HEADINGS.get(name, name), justify="right", no_wrap=True)
    shown.add_column("file", no_wrap=True)
    for one in months:
        marks = [
            _figure(name, models) + ("" if models == file else f"\n≠ {_figure(name, file)}")
            for name, models, file in zip(Figures._fields, one.models, one.file, strict=True)
        ]
        style = "" if one.equal else "red"
        shown.add_row(f"{one.month} {one.currency}", *marks, "equal" if one.equal else "differs", style=style)
    sums = [sum(column) for column in zip(*(one.models for one in months), strict=True)] or [0] * len(Figures._fields)
    if len({one.currency for one in months}) == 1:
        shown.add_section()
        shown.add_row("all", *(_figure(name, number) for name, number in zip(Figures._fields, sums, strict=True)), "")
    return shown


def _figure(name: str, number: int) -> str:
    return f"{number / 100:,.2f}" if name in _MONEY else f"{number:,}"


def write_report(path: Path, outcome: Outcome, book: Book) -> None:
    """The same as JSON; amounts are decimal text. Lines that were left out are written one by one."""
    tally = outcome.tally
    head = {
        "file": outcome.file,
        "source": outcome.source,
        "complete": outcome.problem is None,
        "problem": outcome.problem,
        "reconciled": outcome.reconciled,
        "lines": outcome.lines,
        "imported": outcome.imported,
        "skipped": outcome.skipped,
        "recorded": _as_counts(tally.recorded),
        "there_already": _as_counts(tally.known),
        "events": tally.events,
        "events_per_second": round(outcome.rate, 1),
        "seconds": round(outcome.seconds, 3),
        "sending_seconds": round(outcome.sending, 3),
        "position": tally.position,
        "months": [
            {
                "month": one.month,
                "currency": one.currency,
                "equal": one.equal,
                "file": _as_json(one.file),
                "read_models": _as_json(one.models),
            }
            for one in outcome.compared or []
        ],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}"))
        file.write(',\n "skipped_lines": [')
        for number, (line, reason, detail) in enumerate(book.left_out()):
            row = {"line": line, "reason": reason, "detail": detail}
            file.write((",\n  " if number else "\n  ") + json.dumps(row, ensure_ascii=False))
        file.write("\n ]\n}\n")


def _as_counts(counts: Counter[str]) -> dict[str, int]:
    return {name.replace(" ", "_"): counts[kind] for kind, name in _NAMES.items()}


def _as_json(figures: Figures) -> dict[str, Any]:
    return {
        name: decimal_text(number) if name in _MONEY else number
        for name, number in zip(Figures._fields, figures, strict=True)
    }
