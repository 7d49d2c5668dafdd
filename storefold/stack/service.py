"""What the supervisor must know about one process: how to start it, when it is ready, how to stop it.

In: plain values and three functions of the service's own module. Out: nothing; a `Service` does
nothing by itself, `supervisor.py` runs it. The API, the projectors and the workers are described
in the same way as Postgres.
"""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Say = Callable[[str], None]
"""Shows one short line of progress beside the service's name."""


def _nothing(_say: Say) -> None:
    return


def _at_once() -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Service:
    """One supervised process.

    `prepare` runs before every start, once the services named in `after` are ready; it must be
    cheap when there is nothing to do. `ready` is one quick look and may raise instead of answering
    False. `finish` runs after every start, between the first good look and the word "ready" (the
    place to create databases). All three run on worker threads; a `StackError` from them ends the
    start with its message, anything else counts as a failed try.
    """

    name: str
    argv: tuple[str, ...]
    ready: Callable[[], bool] = _at_once
    after: tuple[str, ...] = ()
    prepare: Callable[[Say], None] = _nothing
    finish: Callable[[Say], None] = _nothing
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the supervisor's own environment."""
    cwd: Path | None = None
    """The home, unless named."""
    timeout: float = 60.0
    """Seconds from the process's start to the first good look."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Asks for an orderly end; the kernel also sends it when the supervisor dies."""
    stop_timeout: float = 20.0
    """Seconds of grace between `stop_signal` and SIGKILL."""
    identity: str = "self"
    """See `launch.py`."""
