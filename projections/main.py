"""A projector's process: `run` follows the log into one store until SIGTERM or SIGINT."""

import logging
import signal
from typing import Literal

from projections.model import Opener
from projections.models import redis_models
from projections.runner import Runner
from projections.stores.redis import RedisStore
from projections.wakeup import Wakeup
from read_side.documents.layout import Layout
from write_side.database import Database
from write_side.event_store import PostgresLog

log = logging.getLogger(__name__)


def run(
    store: Literal["redis", "elasticsearch"],
    *,
    dsn: str,
    redis_url: str,
    elasticsearch_url: str,
    opener: Opener,
    layout: Layout | None = None,
) -> None:
    """Runs one store's projector in the foreground; to be called on a process's main thread.

    Returns after SIGTERM or SIGINT. Raises Fenced when another projector of the same store has
    taken over: two would only undo each other's caches.
    """
    wakeup = Wakeup(dsn)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: wakeup.stop())
    events = PostgresLog(Database(dsn))
    kept = RedisStore(redis_url, layout)
    models = redis_models(opener)
    try:
        Runner(events, kept, models, wakeup).run()
    finally:
        kept.close()
        events.close()
        wakeup.close()
