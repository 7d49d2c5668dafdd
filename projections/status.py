"""How each store stands: for the console, the metrics and whoever was woken by an alarm."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from projections.feed import Feed
from projections.model import Model
from projections.rebuild import outdated
from projections.stores.base import Store, StoreDown
from read_side.documents.layout import Parked


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """`position`: up to where every model of the store has seen the log; `lag_seconds`: how long
    ago the first event after it was written. `holder`: token of the runner that may write.
    `other_version`: live generations that another version of their model made, as far as the `models` are told.
    `trouble`: why the rest is empty."""

    store: str
    generations: dict[str, str] = {}
    previous: dict[str, str] = {}
    other_version: list[str] = []
    position: int = 0
    head: int = 0
    lag_events: int = 0
    lag_seconds: float = 0.0
    parked: list[Parked] = []
    holder: str | None = None
    beat: dict[str, Any] = {}
    trouble: str | None = None


def status(events: Feed, store: Store, models: Sequence[Model[Any]] = ()) -> Status:
    """Raises the library's OperationalError when the log cannot be asked."""
    head = events.head()
    try:
        look = store.look()
        other_version = sorted(outdated(store, models, look.generations).values())
    except StoreDown as error:
        return Status(store=store.name, head=head, trouble=str(error))
    position = min(look.positions.values(), default=0)
    return Status(
        store=store.name,
        generations=look.generations,
        previous=look.previous,
        other_version=other_version,
        position=position,
        head=head,
        lag_events=max(head - position, 0),
        lag_seconds=_age(events, position + 1) if position < head else 0.0,
        parked=look.parked,
        holder=look.holder,
        beat=msgspec.json.decode(look.beat) if look.beat is not None else {},
        trouble=None if look.generations else "the read models are not built yet",
    )


def _age(events: Feed, position: int) -> float:
    """Seconds since the event was written."""
    rows, _ = events.read(position - 1, 1)
    if not rows:
        return 0.0
    _, meta = events.decode(rows[0][3], rows[0][4])
    return max(time.time() - datetime.fromisoformat(meta.at).timestamp(), 0.0)
