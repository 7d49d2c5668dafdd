"""`storefold projections`: how the read models stand, and making them anew beside the live ones."""

import functools
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, get_args

import msgspec
from eventsourcing.persistence import OperationalError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from projections.compare import compare
from projections.main import Opened, Places, StoreName, opened
from projections.rebuild import Interrupted, build, swap_back
from projections.status import Status, status
from projections.stores.base import Fenced, StoreDown
from storefold.bootstrap import build_vault
from storefold.running import running_settings
from storefold.settings import Settings
from storefold.stack import StackError

P = ParamSpec("P")
console = Console()


class Differ(Exception):
    """The new generation is not the live one, byte for byte."""


def _told_plainly(work: Callable[P, int]) -> Callable[P, int]:
    """What can go wrong outside of us ends the command with one line and exit status 1."""

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return work(*args, **kwargs)
        except Interrupted:
            problem = "Stopped; the live models are as they were."
        except Fenced:
            problem = "Another rebuild has taken over."
        except Differ as error:
            problem = f"{error}. The live models are as they were."
        except (StackError, StoreDown, OperationalError, TimeoutError, LookupError) as error:
            problem = str(error)
        Console(stderr=True).print(problem, style="red", highlight=False, markup=False, soft_wrap=True)
        return 1

    return run


@_told_plainly
def show_status(*, as_json: bool) -> int:
    """The exit status says whether all is well."""
    settings = running_settings()
    found = []
    for name in _names("all"):
        with _parts(settings, name) as parts:
            found.append(status(parts.events, parts.store, parts.models))
    if as_json:
        print(json.dumps(msgspec.to_builtins(found), indent=1))  # noqa: T201  # plain, for programs
    else:
        _show(found)
    return 1 if any(one.trouble or one.parked for one in found) else 0


@_told_plainly
def rebuild(which: str, *, check: bool) -> int:
    """One store after the other, so that at most one carries the load."""
    settings = running_settings()
    for name in _names(which):
        with _parts(settings, name) as parts, _interruptible() as stopping, _progress(name) as progress:

            def compared(
                old: dict[str, str], new: dict[str, str], step: Callable[[], object], parts: Opened = parts
            ) -> None:
                differing = [key for model in old for key in compare(parts.store, old[model], new[model], step)]
                if differing:
                    raise Differ(f"{len(differing):,} documents differ, the first of them: {differing[:5]}")

            made = build(parts.events, parts.store, parts.models, progress, stopping, compared if check else None)
        _say(f"{name}: live are now {', '.join(sorted(made.values()))}")
    return 0


@_told_plainly
def return_to_previous(which: str) -> int:
    """The models before the last rebuild, brought up to date."""
    settings = running_settings()
    for name in _names(which):
        with _parts(settings, name) as parts:
            live = swap_back(parts.events, parts.store, parts.models)
        _say(f"{name}: live are again {', '.join(sorted(live.values()))}")
    return 0


def _names(which: str) -> list[StoreName]:
    names: list[StoreName] = list(get_args(StoreName))
    return [name for name in names if which in ("all", name)]


@contextmanager
def _parts(settings: Settings, name: StoreName) -> Iterator[Opened]:
    places = Places(settings.postgres_dsn, settings.redis_url, settings.elasticsearch_url)
    with opened(name, places, build_vault(settings).open) as parts:
        yield parts


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Whether somebody asked us to stop; what is half made then is cleared away by the next rebuild."""
    asked: list[int] = []
    before = {n: signal.signal(n, lambda number, _: asked.append(number)) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int, float], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task(f"rebuilding {name}", total=None, rate="")

        def show(done: int, total: int, rate: float) -> None:
            progress.update(task, completed=done, total=total, rate=f"events ({rate:,.0f}/s)")

        yield show


def _show(found: list[Status]) -> None:
    table = Table("store", Column("position", no_wrap=True), "behind", "live", "for swap-back", "parked", box=None)
    for one in found:
        behind = f"{one.lag_events:,} events, {one.lag_seconds:.1f} s" if one.lag_events else "nothing"
        kept = sorted(set(one.previous.values()) - set(one.generations.values()))
        table.add_row(
            one.store,
            f"{one.position:,} of {one.head:,}",
            one.trouble or behind,
            "\n".join(_live(one)),
            "\n".join(kept),
            str(len(one.parked)),
        )
    console.print(table, highlight=False)
    for one in found:
        for parked in one.parked:
            _say(f"parked in {one.store}: {parked.model} {parked.key} at {parked.position:,}: {parked.reason}")


def _live(one: Status) -> list[str]:
    return [
        f"{name} (other version)" if name in one.other_version else name for name in sorted(one.generations.values())
    ]


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
