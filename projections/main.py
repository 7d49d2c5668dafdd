"""A projector's process: `run` follows the log into one store until SIGTERM or SIGINT."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from projections.announce import SearchAnnouncer
from projections.feed import Feed
from projections.model import Model, Opener
from projections.models import observation_models, redis_models, search_models
from projections.runner import Runner
from projections.scrub import Scrubber
from projections.stores.base import Store
from projections.stores.elasticsearch import ElasticsearchStore
from projections.stores.redis import RedisStore
from projections.wakeup import Wakeup
from read_side.documents.layout import Layout
from read_side.documents.search import SearchLayout
from write_side.collector import calm_collector
from write_side.database import Database
from write_side.event_store import PostgresLog
from write_side.observations.log import CHANNEL, ObservationLog

StoreName = Literal["redis", "elasticsearch", "observations"]
"""`observations`: the models of the log of observations, which Redis keeps, too."""
LOOKED_AT = 1000  # rows of observations that are folded at once; each has some hundred counts


@dataclass(frozen=True, slots=True)
class Places:
    """Where a projector reads and writes. The layouts are for tests and shards."""

    dsn: str
    redis_url: str
    elasticsearch_url: str
    layout: Layout | None = None
    search_layout: SearchLayout | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A store with the log and the models that it keeps."""

    events: Feed
    store: Store
    models: list[Model[Any]]


@contextmanager
def opened(name: StoreName, places: Places, opener: Opener) -> Iterator[Opened]:
    """What `run`, a rebuild and a status report work with."""
    database = Database(places.dsn)
    announcer = SearchAnnouncer(places.redis_url, places.layout)
    layout = places.layout or Layout()
    store: Store
    events: Feed = PostgresLog(database)
    if name == "redis":
        store, models = RedisStore(places.redis_url, layout), redis_models(opener)
    elif name == "observations":
        events = ObservationLog(database)
        store = RedisStore(places.redis_url, layout.observed(), name=name, stride=LOOKED_AT)
        models = observation_models()
    else:
        url, search_layout = places.elasticsearch_url, places.search_layout
        store, models = ElasticsearchStore(url, search_layout, announcer), search_models()
    try:
        yield Opened(events, store, models)
    finally:
        store.close()
        announcer.close()
        events.close()


def run(name: StoreName, places: Places, opener: Opener) -> None:
    """Runs one store's projector in the foreground; to be called on a process's main thread.

    Returns after SIGTERM or SIGINT. Raises Fenced when another projector of the same store has
    taken over.
    """
    calm_collector()
    wakeup = Wakeup(places.dsn)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: wakeup.stop())
    with closing(wakeup):
        if name == "redis":
            _follow_both(places, opener, wakeup)
        else:
            _follow(name, places, opener, wakeup)


def _follow_both(places: Places, opener: Opener, wakeup: Wakeup) -> None:
    """What Redis has of events and of observations. The latter are a few rows a second: a thread, and no process
    more that takes memory. Either ends with the other; the supervisor then starts both again."""
    aside = Wakeup(places.dsn, CHANNEL)
    with closing(aside), ThreadPoolExecutor(1, "observations") as pool:
        observations = pool.submit(_follow, "observations", places, opener, aside)
        observations.add_done_callback(lambda _: wakeup.stop())
        try:
            _follow("redis", places, opener, wakeup)
        finally:
            aside.stop()
        observations.result()


def _follow(name: StoreName, places: Places, opener: Opener, wakeup: Wakeup) -> None:
    with opened(name, places, opener) as parts:
        Runner(parts.events, parts.store, parts.models, wakeup, tidy=_tidy(parts)).run()


def _tidy(parts: Opened) -> Callable[[int], None] | None:
    """Where people are shown who can be erased."""
    events, store = parts.events, parts.store
    if isinstance(events, PostgresLog) and isinstance(store, RedisStore):
        return Scrubber(events, store, parts.models).look
    return None
