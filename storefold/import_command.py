"""`storefold import-catalog`: from the command line to an import and its last words."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from storefold.bootstrap import WriteSide, build_write_side
from storefold.importing.catalogue import CatalogueImport, Wishes
from storefold.importing.console import progress_bar, stopped_by_signals
from storefold.importing.files import Format, opened
from storefold.importing.ledger import Ledger, Skipped
from storefold.importing.products import ATTRIBUTE, FIELDS
from storefold.importing.report import Outcome, tell, write_report
from storefold.importing.rows import BrokenFile
from storefold.importing.stock import Opening
from storefold.importing.waiting import StoreAway
from storefold.names import owners
from storefold.running import running_settings
from storefold.settings import Settings
from storefold.stack import StackError
from write_side.messages import IMPORTER


class NoSuchSeller(Exception):
    """No account has this e-mail address."""


def import_from_the_console(
    path: Path,
    *,
    form: str | None,
    stock: str,
    set_stock: bool,
    seller: str | None,
    renamed: list[str],
    report: Path | None,
) -> int:
    """The options as they were typed; the exit status: 2 for options that cannot stand."""
    errors = Console(stderr=True)

    def complain(problem: object) -> None:
        errors.print(str(problem), style="red", highlight=False, markup=False, emoji=False, soft_wrap=True)

    try:
        wishes = Wishes(renamed=columns(renamed), opening=Opening.parse(stock), set_stock=set_stock)
    except ValueError as error:
        complain(error)
        return 2
    try:
        return import_catalogue(
            running_settings(),
            path,
            wishes,
            form=Format(form) if form else None,
            report=report,
            seller=seller,
        )
    except OSError as error:
        complain(f"{error.filename or path}: {error.strerror or error}")
    except (StackError, NoSuchSeller) as error:
        complain(error)
    return 1


def columns(pairs: list[str]) -> dict[str, str]:
    """`THEIRS=OURS`, as `--map` takes them. Raises ValueError."""
    found = {}
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs or not ours:
            raise ValueError(f"--map {pair}: it should be THEIRS=OURS, as in --map UnitPrice=price")
        if ours not in FIELDS and not ATTRIBUTE.fullmatch(ours):
            raise ValueError(f"--map {pair}: {ours!r} is no field of a product; those are {', '.join(sorted(FIELDS))}")
        found[theirs] = ours
    return found


def import_catalogue(
    settings: Settings,
    path: Path,
    wishes: Wishes,
    *,
    form: Format | None = None,
    report: Path | None = None,
    seller: str | None = None,
    console: Console | None = None,
) -> int:
    """The exit status: 0 when the whole file was read, skipped rows or not, 1 when it is broken or the
    store stayed away, 130 after Ctrl-C. Raises OSError for a file that cannot be opened or a report
    that cannot be written, and NoSuchSeller."""
    console = console or Console()
    stop = threading.Event()
    with ExitStack() as after:
        source = after.enter_context(opened(path, form))
        if report is not None:
            report.touch()  # what cannot be written is found out before the work, not after it
        ledger = after.enter_context(Ledger())
        write = build_write_side(settings)
        after.callback(write.close)
        if seller is not None:
            wishes = Wishes(wishes.renamed, seller_of(write, seller), wishes.opening, wishes.set_stock)
        after.enter_context(stopped_by_signals(stop))
        progress = after.enter_context(progress_bar(console))
        task = progress.add_task("products", total=source.size, count=0)

        def say_skipped(skipped: Skipped) -> None:
            name = f" ({skipped.product})" if skipped.product else ""
            text = f"line {skipped.line}{name}: {skipped.reason}"
            progress.console.print(f"skipped {text}", highlight=False, markup=False, emoji=False, soft_wrap=True)

        run = CatalogueImport(write.bus, write.log, ledger, wishes, IMPORTER, say_skipped)

        def stopping() -> bool:
            if run.tally.read % 100 == 0:
                progress.update(task, completed=source.done(), count=run.tally.read)
            return stop.is_set()

        began = time.monotonic()
        broken, stopped = None, None
        try:
            run.run(source.rows, stopping)
        except BrokenFile as fault:
            broken = fault
        except StoreAway as error:
            stopped = str(error)
        if stop.is_set():
            stopped = "stopped"
        progress.update(task, completed=source.done(), count=run.tally.read)
        progress.stop()
        outcome = Outcome(str(path), source.format.value, run.tally, time.monotonic() - began, broken, stopped)
        tell(console, outcome, wishes.opening)
        if report is not None:
            write_report(report, outcome, ledger)
    return 130 if stop.is_set() else 0 if outcome.complete else 1


def seller_of(write: WriteSide, email: str) -> int:
    """The person with this e-mail address. Raises NoSuchSeller."""
    digest = write.vault.lookup_hash(email.strip().lower())
    found = owners(write.log, "email", [digest]).get(digest)
    if found is None:
        raise NoSuchSeller(f"no account has the e-mail address {email}")
    return found
