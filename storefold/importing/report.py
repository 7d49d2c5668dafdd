"""What an import says of itself: on the console, and as JSON for whoever runs it by a schedule."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from storefold.importing.catalogue import Tally
from storefold.importing.ledger import Ledger
from storefold.importing.rows import BrokenFile
from storefold.importing.stock import Opening


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `stopped`: by a signal, or because the event store stayed away."""

    file: str
    format: str
    tally: Tally
    seconds: float
    broken: BrokenFile | None = None
    stopped: str | None = None

    @property
    def rate(self) -> float:
        """Products a second."""
        return self.tally.read / max(self.seconds, 1e-9)

    @property
    def complete(self) -> bool:
        """Whether the whole file was read."""
        return self.broken is None and self.stopped is None


def tell(console: Console, outcome: Outcome, opening: Opening) -> None:
    """The last lines of an import. Short of the whole file, the reason goes to the standard error."""
    tally = outcome.tally
    errors = Console(stderr=True)

    def say(text: str, style: str = "", on: Console = console) -> None:
        on.print(text, style=style, highlight=False, markup=False, emoji=False, soft_wrap=True)

    if outcome.broken is not None:
        say(f"{outcome.file} is broken at {outcome.broken}", "red", errors)
        say("What was read before is committed; mend the file and run the same command again.", "", errors)
    if outcome.stopped is not None:
        text = f"{outcome.stopped}; what was answered is committed. Run the same command again for the rest."
        say(text, "yellow", errors)
    say(f"{tally.read:,} products read in {outcome.seconds:.1f} s ({outcome.rate:,.0f}/s)")
    parts = (("created", tally.created), ("updated", tally.updated), ("unchanged", tally.unchanged))
    say("  " + ", ".join(f"{name} {count:,}" for name, count in (*parts, ("skipped", tally.skipped))))
    for name, count in tally.fields.most_common(20):
        say(f"  not taken: the field {name!r} ({count:,} products)")
    if tally.without_stock:
        say(f"  {tally.without_stock:,} new products, whose rows say no stock, begin with {opening} (see --stock)")


def write_report(path: Path, outcome: Outcome, ledger: Ledger) -> None:
    """The same as JSON. Rows that were skipped are written one by one: there may be millions."""
    tally = outcome.tally
    head = {
        "file": outcome.file,
        "format": outcome.format,
        "complete": outcome.complete,
        "broken": asdict(outcome.broken) if outcome.broken is not None else None,
        "stopped": outcome.stopped,
        "read": tally.read,
        "created": tally.created,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
        "skipped": tally.skipped,
        "without_stock": tally.without_stock,
        "fields_not_taken": dict(tally.fields),
        "seconds": round(outcome.seconds, 3),
        "per_second": round(outcome.rate, 1),
        "position": tally.position,
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}"))
        file.write(',\n "skipped_rows": [')
        for number, skipped in enumerate(ledger.skipped()):
            file.write((",\n  " if number else "\n  ") + json.dumps(skipped.as_json(), ensure_ascii=False))
        file.write("\n ]\n}\n")
