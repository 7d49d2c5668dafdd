"""Real Postgres, Redis and Elasticsearch for the projections' tests; each test has a log, a hash
tag and an index prefix of its own."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Literal

import psycopg
import pytest
from shop_past import Past
from shop_world import World

from projections.announce import SearchAnnouncer
from projections.main import Places
from projections.stores.elasticsearch import ElasticsearchStore
from projections.stores.http import Http
from projections.stores.redis import RedisStore
from read_side.documents.layout import Layout
from read_side.documents.search import SearchLayout
from storefold.stack import Endpoints
from write_side.database import Database
from write_side.event_store import PostgresLog

_numbers = itertools.count(1)


def _server(endpoints: Endpoints) -> psycopg.Connection[Any]:
    return psycopg.connect(endpoints.postgres_owner_dsn, autocommit=True)


def _dsn(endpoints: Endpoints, database: str) -> str:
    return endpoints.postgres_owner_dsn.rpartition("/")[0] + f"/{database}"


@pytest.fixture
def world(endpoints: Endpoints, template: str) -> Iterator[World]:
    name = f"projections_{os.getpid()}_{next(_numbers)}"
    with _server(endpoints) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    layout, search = Layout(f"{{{name}}}"), SearchLayout(name)
    places = Places(_dsn(endpoints, name), endpoints.redis_url, endpoints.elasticsearch_url, layout, search)
    events = PostgresLog(Database(places.dsn))
    announcer = SearchAnnouncer(places.redis_url, layout)
    made = World(
        places,
        events,
        Past(events),
        RedisStore(places.redis_url, layout),
        ElasticsearchStore(places.elasticsearch_url, search, announcer),
    )
    with ExitStack() as after:
        after.callback(_forget, endpoints, made, name)
        after.callback(announcer.close)
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
