"""What each test of the projections has to itself: a log and both stores."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from shop_past import Happened, Past, history, open_sealed

from projections.follower import Follower
from projections.main import Places
from projections.model import Model
from projections.models import redis_models, search_models
from projections.rebuild import build
from projections.status import status
from projections.stores.base import Role, Store
from projections.stores.elasticsearch import ElasticsearchStore
from projections.stores.redis import RedisStore
from write_side.event_store import PostgresLog


@dataclass
class World:
    """A log and both stores, none of them used by anybody else."""

    places: Places
    events: PostgresLog
    past: Past
    redis: RedisStore
    elasticsearch: ElasticsearchStore
    redis_models: list[Model[Any]] = field(default_factory=lambda: redis_models(open_sealed))
    search_models: list[Model[Any]] = field(default_factory=search_models)

    def store(self, name: Literal["redis", "elasticsearch"]) -> tuple[Store, list[Model[Any]]]:
        if name == "redis":
            return self.redis, self.redis_models
        return self.elasticsearch, self.search_models

    def happen(self, seed: int, length: int) -> list[Happened]:
        """A made-up past, appended in transactions of a few events."""
        happened = history(seed, length)
        for start in range(0, length, 500):
            self.past.append(*happened[start : start + 500])
        return happened

    def follow(self, name: Literal["redis", "elasticsearch"], window: int = 1000) -> Follower:
        """A follower of the live generations, which are made when there are none."""
        store, models = self.store(name)
        if not store.live():
            build(self.events, store, models)
        store.acquire(Role.RUNNER)
        session = store.session(Role.RUNNER, store.live())
        return Follower(self.events, session, models, window)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    done = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        done.wait(0.02)
    raise AssertionError("did not come true")


def caught_up(world: World, name: Literal["redis", "elasticsearch"]) -> bool:
    now = status(world.events, world.store(name)[0])
    return bool(now.generations) and now.position == now.head
