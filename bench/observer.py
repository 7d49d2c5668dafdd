"""Watches, from a process of its own, when the read models have reached which position."""

import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, cast

import redis

from read_side.documents.layout import Layout, decode_announcement


@dataclass(slots=True)
class Seen:
    """Positions and the moments (of the machine's monotonic clock) at which they were announced, per
    store; both rise."""

    redis: tuple[list[int], list[float]] = field(default_factory=lambda: ([], []))
    elasticsearch: tuple[list[int], list[float]] = field(default_factory=lambda: ([], []))


def lags(answers: list[tuple[int, float]], announced: tuple[list[int], list[float]]) -> list[float]:
    """Seconds from each answer (its position and moment) until a query would have seen it; 0 where that
    was so before the answer had arrived. Raises ValueError when a position was never announced."""
    positions, moments = announced
    result = []
    for position, answered in answers:
        at = bisect_left(positions, position)
        if at == len(positions):
            raise ValueError(f"position {position} was never announced")
        result.append(max(0.0, moments[at] - answered))
    return result


@contextmanager
def watching(redis_url: str) -> Iterator["Watch"]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    watcher = context.Process(target=_watch, args=(redis_url, theirs), daemon=True)
    watcher.start()
    assert ours.recv() == "ready"
    try:
        yield Watch(ours)
    finally:
        ours.close()
        watcher.join()


class Watch:
    def __init__(self, pipe: "Connection") -> None:
        self._pipe = pipe

    def until(self, position: int) -> Seen:
        """What was seen since the start, once both stores have reached the position."""
        self._pipe.send(position)
        seen = self._pipe.recv()
        assert isinstance(seen, Seen)
        return seen


def _watch(redis_url: str, pipe: "Connection") -> None:
    listener = cast("Any", redis.Redis.from_url(redis_url)).pubsub(ignore_subscribe_messages=True)
    listener.subscribe(Layout().channel)
    listener.get_message(timeout=1)
    pipe.send("ready")
    seen, wanted = Seen(), None
    while True:
        message = listener.get_message(timeout=0.05)
        now = time.monotonic()
        if message is not None:
            news = decode_announcement(message["data"])
            positions, moments = seen.elasticsearch if news.search else seen.redis
            if not positions or news.position > positions[-1]:
                positions.append(news.position)
                moments.append(now)
        if wanted is None and pipe.poll():
            try:
                wanted = pipe.recv()
            except EOFError:
                return
        reached = (announced[0][-1] if announced[0] else 0 for announced in (seen.redis, seen.elasticsearch))
        if wanted is not None and min(reached) >= wanted:
            pipe.send(seen)
            return
