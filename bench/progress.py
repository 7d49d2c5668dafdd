"""What the person at the console sees while it runs."""

import time

from rich.console import Console
from rich.markup import escape
from rich.status import Status


class Progress:
    """A line that says what is going on, and lines of what came out."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status = console.status("")
        self._began = time.monotonic()
        self._title = ""

    def begin(self, title: str) -> None:
        self._title = title
        self._console.print(f"[bold]{escape(title)}[/bold] [dim]({time.monotonic() - self._began:.0f} s)[/dim]")
        self._status.start()

    def say(self, doing: str) -> None:
        """What is being done now."""
        self._status.update(f"{escape(self._title)}: {escape(doing)}")

    def note(self, outcome: str) -> None:
        """A line that stays."""
        self._console.print(f"  {outcome}", highlight=False, markup=False)

    def end(self) -> None:
        self._status.stop()
