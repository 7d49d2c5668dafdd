"""Real Postgres, Redis and Elasticsearch for the projections' tests; each test has a log, a hash tag
and an index prefix of its own."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from shop_past import Happened, Past, history, open_sealed

from projections.follower import Follower
from projections.main import Places
from projections.model import Model
from projections.models import redis_models, search_models
from projections.rebuild import build
from projections.stores.base import Role, Store
from projections.stores.elasticsearch import ElasticsearchStore
from projections.stores.http import Http
from projections.stores.redis import RedisStore
from read_side.documents.layout import Layout
from read_side.documents.search import SearchLayout
from storefold.stack import Endpoints, Stack
from write_side.database import Database
from write_side.event_store import PostgresLog
from write_side.migrate import migrate

_numbers = itertools.count(1)
TEMPLATE = "projections_template"


@pytest.fixture(scope="session")
def endpoints() -> Iterator[Endpoints]:
    """The services; those of a home that is running already where STOREFOLD_TEST_HOME names one."""
    running = os.environ.get("STOREFOLD_TEST_HOME")
    if running:
        yield Endpoints.of(Path(running))
        return
    with tempfile.TemporaryDirectory(prefix="storefold-") as folder, Stack(Path(folder)) as stack:
        stack.start()
        yield stack.endpoints


def _server(endpoints: Endpoints) -> psycopg.Connection[Any]:
    return psycopg.connect(endpoints.postgres_owner_dsn, autocommit=True)


@pytest.fixture(scope="session")
def template(endpoints: Endpoints) -> str:
    """A migrated database to copy: a copy takes a tenth of a second."""
    name = f"{TEMPLATE}_{os.getpid()}"
    with _server(endpoints) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    app = endpoints.postgres_dsn.partition("//")[2].partition("@")[0].partition(":")
    migrate(_dsn(endpoints, name), app[0], app[2])
    return name


def _dsn(endpoints: Endpoints, database: str) -> str:
    return endpoints.postgres_owner_dsn.rpartition("/")[0] + f"/{database}"


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


@pytest.fixture
def world(endpoints: Endpoints, template: str) -> Iterator[World]:
    name = f"projections_{os.getpid()}_{next(_numbers)}"
    with _server(endpoints) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    layout, search = Layout(f"{{{name}}}"), SearchLayout(name)
    places = Places(
        _dsn(endpoints, name), endpoints.redis_url, endpoints.elasticsearch_url, layout, search
    )
    events = PostgresLog(Database(places.dsn))
    made = World(
        places,
        events,
        Past(events),
        RedisStore(places.redis_url, layout),
        ElasticsearchStore(places.elasticsearch_url, search),
    )
    with ExitStack() as after:
        after.callback(_forget, endpoints, made, name)
        yield made


def _forget(endpoints: Endpoints, world: World, database: str) -> None:
    for key in world.redis.client.scan_iter(match=f"{world.redis.layout.tag}*", count=1000):
        world.redis.client.delete(key)
    http = Http(world.places.elasticsearch_url)
    for generation in world.elasticsearch.generations():
        http.ask("DELETE", f"/{world.elasticsearch.layout.index(generation)}", allow=(404,))
    http.ask("DELETE", f"/{world.elasticsearch.layout.control}", allow=(404,))
    http.close()
    world.redis.close()
    world.elasticsearch.close()
    world.events.close()
    with _server(endpoints) as server:
        server.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def contents(world: World) -> Callable[[Literal["redis", "elasticsearch"]], dict[str, bytes]]:
    """Everything in the live generations of a store, by `model/key`."""

    def read(name: Literal["redis", "elasticsearch"]) -> dict[str, bytes]:
        store, _ = world.store(name)
        return {
            f"{model}/{key}": value
            for model, generation in store.live().items()
            for key, value in store.contents(generation)
        }

    return read
