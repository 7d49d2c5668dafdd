"""Tells readers, over Redis, how far the search models are. Redis being away holds nothing up."""

import logging

import msgspec
import redis

from projections.stores.redis_session import connect
from read_side.documents.layout import SEARCH, Announcement, Layout

log = logging.getLogger(__name__)


class SearchAnnouncer:
    """Called with each position, and whether documents changed; keeps the last one for readers that subscribe
    later."""

    def __init__(self, redis_url: str, layout: Layout | None = None) -> None:
        self._client = connect(redis_url)
        self._layout = layout or Layout()
        self._silent = False

    def __call__(self, position: int, changed: bool) -> None:
        news = msgspec.json.encode(Announcement(position, search=True, changed=[SEARCH] if changed else []))
        try:
            pipeline = self._client.pipeline(transaction=False)
            pipeline.set(self._layout.search, news)
            pipeline.publish(self._layout.channel, news)
            pipeline.execute()
        except redis.RedisError as error:
            if not self._silent:
                log.warning("readers are not told of new positions: Redis: %s", error)
            self._silent = True
        else:
            self._silent = False

    def close(self) -> None:
        self._client.close()
