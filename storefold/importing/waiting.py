"""How imports wait for an event store that is away for a while, and how they name a refusal."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from eventsourcing.persistence import OperationalError

from write_side.refusals import OutcomeUnknown, Overloaded, Refusal, Unavailable

T = TypeVar("T")
log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds to wait for a store that is away
PAUSE = 0.5  # seconds between two tries
AWAY = (Unavailable, OutcomeUnknown, Overloaded, OperationalError)
"""What is raised while it is away. Sending again is then safe for commands that take effect once."""


class StoreAway(Exception):
    """The event store did not come back; what was answered is committed."""


def deadline() -> float:
    """When patience ends, for a store that goes away now."""
    return time.monotonic() + PATIENCE


def wait_for_store(until: float, error: Exception, pause: float | None = None) -> None:
    """Raises StoreAway when it has been away too long."""
    if time.monotonic() > until:
        raise StoreAway(f"the event store has been away for {PATIENCE:.0f} s") from error
    log.info("the event store is away, trying again: %s", error)
    time.sleep(PAUSE if pause is None else pause)


def patiently(ask: Callable[[], T]) -> T:
    """What the store answers, when it is back. Raises StoreAway."""
    until = deadline()
    while True:
        try:
            return ask()
        except OperationalError as error:
            wait_for_store(until, error)


def said(refusal: Refusal) -> str:
    """A refusal with what it adds to its words."""
    told = "; ".join(f"{name}: {value}" for name, value in refusal.extra.items())
    return f"{refusal.detail} ({told})" if told else refusal.detail
