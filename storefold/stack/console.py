"""Shows the services while they start: a line each, with a clock and at last a tick.

In: the keepers, several times a second. Out: lines on a rich console; on one that is no terminal, one
line per service when it is ready and its longer steps in between.
"""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from storefold.stack.keeper import Keeper, Phase

NOTE_EVERY = 5.0


class StartDisplay:
    """Use as a context manager around the wait; silent without a console."""

    def __init__(self, console: Console | None, keepers: Sequence[Keeper]) -> None:
        self._console = console
        self._keepers = keepers
        self._spinner = Spinner("dots")
        self._told: set[str] = set()
        self._noted = time.monotonic()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._console is not None and self._console.is_terminal:
            self._live = Live(console=self._console, get_renderable=self._table, refresh_per_second=10)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.update()
        if self._live is not None:
            self._live.stop()

    def update(self) -> None:
        """Print what is new, where nothing redraws itself."""
        if self._console is None or self._live is not None:
            return
        for keeper in self._keepers:
            name = keeper.service.name
            if keeper.phase is Phase.READY and name not in self._told:
                self._told.add(name)
                self._console.print(f"  ✓ {name} ({keeper.took:.1f} s)", highlight=False)
        if time.monotonic() - self._noted > NOTE_EVERY:
            self._noted = time.monotonic()
            for keeper in self._keepers:
                if keeper.note:
                    self._console.print(f"  … {keeper.service.name}: {keeper.note}", highlight=False)

    def _table(self) -> Group:
        table = Table.grid(padding=(0, 2))
        for keeper in self._keepers:
            ready, failed = keeper.phase is Phase.READY, keeper.phase is Phase.FAILED
            mark = "[green]✓[/]" if ready else "[red]✗[/]" if failed else self._spinner
            # A service that waits for others has not begun: its clock stands.
            waiting = keeper.phase is Phase.WAITING
            clock = "" if waiting else f"{keeper.took if ready else time.monotonic() - keeper.began:5.1f} s"
            text = "" if ready else keeper.note or keeper.phase.value
            table.add_row(" ", mark, keeper.service.name, clock, f"[dim]{text}[/]")
        return Group(table)
