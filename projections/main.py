"""A projector's process: `run` follows the log into one store until SIGTERM or SIGINT."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from projections.announce import SearchAnnouncer
from projections.model import Model, Opener
from projections.models import redis_models, search_models
from projections.runner import Runner
from projections.stores.base import Store
from projections.stores.elasticsearch import ElasticsearchStore
from projections.stores.redis import RedisStore
from projections.wakeup import Wakeup
from read_side.documents.layout import Layout
from read_side.documents.search import SearchLayout
from write_side.collector import calm_collector
from write_side.database import Database
from write_side.event_store import PostgresLog

StoreName = Literal["redis", "elasticsearch"]


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

    events: PostgresLog
    store: Store
    models: list[Model[Any]]


@contextmanager
def opened(name: StoreName, places: Places, opener: Opener) -> Iterator[Opened]:
    """What `run`, a rebuild and a status report work with."""
    events = PostgresLog(Database(places.dsn))
    announcer = SearchAnnouncer(places.redis_url, places.layout)
    store: Store
    if name == "redis":
        store, models = RedisStore(places.redis_url, places.layout), redis_models(opener)
    else:
        url, layout = places.elasticsearch_url, places.search_layout
        store, models = ElasticsearchStore(url, layout, announcer), search_models()
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
    try:
        with opened(name, places, opener) as parts:
            Runner(parts.events, parts.store, parts.models, wakeup).run()
    finally:
        wakeup.close()
