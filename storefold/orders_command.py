"""`storefold import-orders`: from the command line to an import of a shop's past, and its reconciliation."""

import re
import threading
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from eventsourcing.persistence import OperationalError
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import Progress, TaskID

from storefold.bootstrap import WriteSide, build_write_side
from storefold.importing.console import progress_bar, stopped_by_signals
from storefold.importing.files import Format, opened
from storefold.importing.files import Source as Opened
from storefold.importing.past.book import Book
from storefold.importing.past.commands import Origin
from storefold.importing.past.lines import CHARGES, FIELDS, LeftOut, MissingColumn, Reading
from storefold.importing.past.reconcile import NotCaughtUp, compare, read_models
from storefold.importing.past.report import Outcome, tell, write_report
from storefold.importing.past.run import PastImport, Stopped
from storefold.importing.past.sending import Sender
from storefold.importing.readers.csv_table import read_csv
from storefold.importing.rows import BrokenFile
from storefold.importing.waiting import StoreAway, patiently
from storefold.running import running_settings
from storefold.settings import Settings
from storefold.stack import StackError
from write_side.collector import calm_collector
from write_side.fields import Currency, Source
from write_side.messages import IMPORTER

CACHED = 20_000  # aggregates that the bus keeps: all products', and the orders of late, which come back most
SHOWN = 10  # lines left out that are shown for each reason; the report has all
EVERY = 0.1  # seconds between two looks of the progress bar


def import_orders_from_the_console(
    path: Path,
    *,
    source: str | None,
    currency: str,
    renamed: list[str],
    charges: list[str],
    dates: str | None,
    report: Path | None,
) -> int:
    """The options as they were typed; the exit status: 2 for options that cannot stand."""
    errors = Console(stderr=True)

    def complain(problem: object) -> None:
        errors.print(str(problem), style="red", highlight=False, markup=False, emoji=False, soft_wrap=True)

    try:
        reading = Reading(columns(renamed), (*CHARGES, *charges), dates)
        origin = Origin(
            _checked("--source", Source, source or source_of(path)), _checked("--currency", Currency, currency)
        )
    except ValueError as error:
        complain(error)
        return 2
    try:
        return import_orders(running_settings(), path, reading, origin, report=report)
    except OSError as error:
        complain(f"{error.filename or path}: {error.strerror or error}")
    except (StackError, OperationalError) as error:
        complain(error)
    return 1


def _checked(option: str, kind: Any, value: str) -> str:
    try:
        return str(TypeAdapter(kind).validate_python(value))
    except ValidationError as error:
        raise ValueError(f"{option} {value}: {error.errors()[0]['msg']}") from None


def columns(pairs: list[str]) -> dict[str, str]:
    """`THEIRS=OURS`, as `--map` takes them. Raises ValueError."""
    found = {}
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs or ours not in FIELDS:
            raise ValueError(f"--map {pair}: it should be THEIRS=OURS, where OURS is one of {', '.join(FIELDS)}")
        found[theirs] = ours
    return found


def source_of(path: Path) -> str:
    """The file's name without its endings. Raises ValueError for the standard input, which cannot be read
    twice and has no name."""
    if str(path) == "-":
        raise ValueError("orders are imported from a file: its name says where they come from")
    return re.sub(r"[^A-Za-z0-9_-]+", "-", path.name.split(".")[0])[:50].strip("-") or "orders"


def import_orders(
    settings: Settings,
    path: Path,
    reading: Reading,
    origin: Origin,
    *,
    report: Path | None = None,
    console: Console | None = None,
) -> int:
    """The exit status: 0 when everything that is not left out is in, and the read models equal the file; 1
    otherwise, 130 after Ctrl-C. Raises OSError for a file that cannot be opened or a report that cannot be
    written, and OperationalError when the event store is away at the end."""
    console = console or Console()
    errors = Console(stderr=True)
    outcome = Outcome(str(path), origin.source, origin.currency)
    stop = threading.Event()
    began = time.monotonic()
    with ExitStack() as after:
        readers = {Format.csv: partial(read_csv, forgiving=True)}
        source = after.enter_context(opened(path, Format.csv, readers))
        if report is not None:
            report.touch()  # what cannot be written is found out before the work, not after it
        book = after.enter_context(Book())
        write = build_write_side(settings, cached=CACHED)
        after.callback(write.close)
        after.enter_context(stopped_by_signals(stop))
        progress = after.enter_context(progress_bar(console))
        show = _Show(progress, source)
        run = PastImport(
            write.log,
            Sender(write.bus, IMPORTER),
            book,
            origin,
            watch=show.stage,
            on_left_out=show.left_out,
            stopping=stop.is_set,
        )
        outcome.tally = run.tally
        calm_collector()
        try:
            run.read(source.rows, reading)
            for stage, total in zip(("products", "customers", "invoices"), book.sizes(), strict=True):
                show.expect(stage, total)
            sending = time.monotonic()
            try:
                run.prepare()
                run.send_invoices()
            finally:
                outcome.sending = time.monotonic() - sending
            _reconcile(settings, write, book, origin, outcome, show, stop)
        except (BrokenFile, MissingColumn) as error:
            outcome.problem = f"{path} cannot be read: {error}. Nothing was sent."
        except Stopped:
            outcome.problem = "Stopped; what was answered is committed. Run the same command again for the rest."
        except StoreAway as error:
            outcome.problem = f"{error}; what was answered is committed. Run the same command again for the rest."
        except NotCaughtUp as error:
            outcome.problem = f"Everything is recorded, but {error}"
        progress.stop()
        outcome.seconds = time.monotonic() - began
        _count(book, outcome)
        tell(console, errors, outcome)
        if report is not None:
            write_report(report, outcome, book)
    return 130 if stop.is_set() else 0 if outcome.reconciled else 1


def _reconcile(
    settings: Settings,
    write: WriteSide,
    book: Book,
    origin: Origin,
    outcome: Outcome,
    show: "_Show",
    stop: threading.Event,
) -> None:
    head = patiently(write.log.head)
    show.expect("read models", head)

    def watch(position: int) -> None:
        show.stage("read models", position)
        if stop.is_set():
            raise Stopped

    models = read_models(
        settings.redis_url,
        settings.elasticsearch_url,
        origin.source,
        head,
        watch,
    )
    file = {(month, origin.currency): figures for month, figures in book.figures().items()}
    outcome.compared = compare(file, models)


def _count(book: Book, outcome: Outcome) -> None:
    outcome.lines, outcome.imported = book.counts()
    outcome.skipped = book.reasons()


class _Show:
    """The bars, one a stage, and the lines that are left out, as many as one likes to read."""

    def __init__(self, progress: Progress, source: Opened) -> None:
        self._progress = progress
        self._source = source
        self._totals: dict[str, int | None] = {"reading": source.size}
        self._tasks: dict[str, TaskID] = {}
        self._next = 0.0
        self._left_out: Counter[str] = Counter()

    def expect(self, stage: str, total: int) -> None:
        """How much there will be to do."""
        self._totals[stage] = total

    def stage(self, stage: str, done: int) -> None:
        """A stage's bar begins, and its rate counts, with the first of it."""
        if stage not in self._tasks:
            for task in self._tasks.values():
                self._progress.stop_task(task)
            self._tasks[stage] = self._progress.add_task(stage, total=self._totals[stage], count=0)
        now = time.monotonic()
        if now >= self._next:
            self._next = now + EVERY
            completed = self._source.done() if stage == "reading" else done
            self._progress.update(self._tasks[stage], completed=completed, count=done)

    def left_out(self, line: int, reason: LeftOut) -> None:
        self._left_out[reason.reason] += 1
        shown = self._left_out[reason.reason]
        if shown <= SHOWN:
            detail = f" ({reason.detail})" if reason.detail else ""
            text = f"skipped line {line}: {reason.reason}{detail}"
            more = "; more of these are in the report" if shown == SHOWN else ""
            self._progress.console.print(text + more, highlight=False, markup=False, emoji=False, soft_wrap=True)
