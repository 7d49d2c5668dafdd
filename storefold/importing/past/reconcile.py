"""Holds the read models against the file: per month of business time what the lines of the file add up to, and
what the models show of the same source."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from read_side.documents.sales import Sales
from read_side.errors import Unavailable
from read_side.open import ReadSide
from storefold.importing.past.book import Figures

MOST = 5000  # months of one source
STUCK = 60.0  # seconds without any progress of the models after which nobody waits any more
_sales = msgspec.json.Decoder(Sales)

Months = dict[tuple[str, str], Figures]
"""By month (`2010-12`) and currency."""


class NotCaughtUp(Exception):
    """The read models do not come to the end of the log, so nothing can be said of them."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One month of one currency."""

    month: str
    currency: str
    file: Figures
    models: Figures

    @property
    def equal(self) -> bool:
        return self.file == self.models


def compare(file: Months, models: Months) -> list[Compared]:
    """Every month that either has, in order of time."""
    return [
        Compared(*key, file.get(key, Figures()), models.get(key, Figures()))
        for key in sorted(file.keys() | models.keys())
    ]


def read_models(
    redis_url: str, elasticsearch_url: str, source: str, position: int, watch: Callable[[int], None]
) -> Months:
    """The source's months once the models have seen `position`; `watch` hears how far they are, again and
    again, and may raise. Raises NotCaughtUp."""
    return asyncio.run(_read_models(redis_url, elasticsearch_url, source, position, watch))


async def _read_models(
    redis_url: str, elasticsearch_url: str, source: str, position: int, watch: Callable[[int], None]
) -> Months:
    reads = await ReadSide.open(redis_url, elasticsearch_url)
    try:
        await _wait(reads, position, watch)
        found, _ = await reads.documents.page("sales", f"source:{source}", 0, MOST, _sales)
    except Unavailable as error:
        raise NotCaughtUp(f"the read models cannot be asked: {error}") from error
    finally:
        await reads.close()
    return {
        (sales.period, sales.currency): Figures(*(getattr(sales, name) for name in Figures._fields)) for sales in found
    }


async def _wait(reads: ReadSide, position: int, watch: Callable[[int], None]) -> None:
    """A store that is away for a moment is no end of it, but standing still is."""
    furthest, moved = -1, time.monotonic()
    while True:
        reached = reads.positions.documents.position
        if reads.positions.built and reached >= position:
            return
        watch(reached)
        if reached > furthest:
            furthest, moved = reached, time.monotonic()
        elif time.monotonic() > moved + STUCK:
            raise NotCaughtUp(
                f"the read models stand at {max(reached, 0):,} of {position:,} events: do the projectors run?"
            )
        await asyncio.sleep(0.1)
