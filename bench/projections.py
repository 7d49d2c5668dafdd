"""Folding the log: our batched followers beside the library's ProjectionRunner, which does the same
folds, one event at a time, into the same Redis and Elasticsearch.

Both go on from the same documents: a shop with its catalogue. What they fold is a day in it, carts
filled, orders placed (with the stock that they reserve) and prices changed.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from bench.library_runner import ElasticsearchView, RedisView, View, run_library
from bench.measure import Result, Side, side_by_side
from bench.shop import STAFF, Shop, shop
from bench.world import World
from projections.follower import WINDOW, Follower
from projections.model import Model
from projections.models import redis_models, search_models
from projections.stores.base import Role
from projections.stores.elasticsearch import ElasticsearchStore
from projections.stores.redis import RedisStore
from read_side.documents.layout import Layout
from read_side.documents.search import SearchLayout
from storefold.settings import Settings
from write_side.cart.commands import AddToCart
from write_side.catalog.product.commands import UpdateProduct
from write_side.collector import calm_collector
from write_side.event_store import PostgresLog
from write_side.messages import Actor, Command
from write_side.order.commands import PlaceOrder

PEOPLE, PRODUCTS = 3000, 1000
DAYS = 5  # each about 20,000 events
REDIS_ROUNDS, BOTH_ROUNDS = 4, 3
REDIS_SAMPLE, BOTH_SAMPLE = 2000, 1000  # events of the library's rounds: rates are compared


def run(world: World) -> list[Result]:
    with world.log() as settings, shop(settings, PEOPLE, PRODUCTS) as made:
        world.progress.say("filling the log")
        log = made.write_side.log
        opening = log.head()
        for number in range(DAYS):
            day(made, random.Random(number))
        world.progress.note(f"{log.head() - opening:,} events to fold")
        bench = Folds(world, settings, log, opening, made.write_side.vault.open)
        calm_collector()  # as a projector does
        redis = side_by_side(
            Side("our follower", lambda: bench.ours(["redis"])),
            Side("ProjectionRunner", lambda: bench.library(["redis"], REDIS_SAMPLE)),
            REDIS_ROUNDS,
            world.progress,
        )
        both = side_by_side(
            Side("our followers", lambda: bench.ours(["redis", "elasticsearch"])),
            Side("ProjectionRunner", lambda: bench.library(["redis", "elasticsearch"], BOTH_SAMPLE)),
            BOTH_ROUNDS,
            world.progress,
        )
    return [
        redis.result("projections into Redis", 20.0),
        both.result("projections into Redis and Elasticsearch", 10.0),
    ]


def day(shop: Shop, dice: random.Random) -> None:
    """Three to a cart, every second cart ordered, a price in forty visits changed."""
    visits: list[tuple[Command, Actor]] = []
    for buyer in shop.buyers:
        visits += [(AddToCart(product_id=product), buyer) for product in dice.sample(shop.products, 3)]
        if dice.random() < 0.5:
            visits.append((PlaceOrder(), buyer))
        if dice.random() < 0.025:
            price = f"{dice.randint(5, 99)}.49"
            change = {"product_id": dice.choice(shop.products), "price": price}
            visits.append((UpdateProduct.model_validate(change), STAFF))
    shop.all(visits)


@dataclass(frozen=True)
class Folds:
    """A log and where the day begins in it."""

    world: World
    settings: Settings
    log: PostgresLog
    opening: int
    opener: Callable[[Any], str | None]

    def ours(self, names: list[str]) -> float:
        """A round: one follower per store takes it from the opening to the head of the log, one after
        the other (in production each is a process of its own)."""
        events = self.log.head() - self.opening
        took = 0.0
        for name in names:
            with self._opened(name) as (store, models):
                follower = Follower(self.log, store.session(Role.RUNNER, store.live()), models, WINDOW)
                began = time.perf_counter()
                while follower.step():
                    pass
                follower.settle()
                took += time.perf_counter() - began
                assert follower.position == self.log.head()
        return events / took

    def library(self, names: list[str], sample: int) -> float:
        """A round: the library's runner takes the first events of the same day into all the stores."""
        with ExitStack() as opened:
            views = [self._view(*opened.enter_context(self._opened(name))) for name in names]
            return run_library(self.settings, views, self.opening, sample)

    def _view(self, store: RedisStore | ElasticsearchStore, models: list[Model[Any]]) -> View:
        if isinstance(store, RedisStore):
            return RedisView(self.log, store, models)
        return ElasticsearchView(self.log, store, self.settings.elasticsearch_url, models)

    @contextmanager
    def _opened(self, name: str) -> Iterator[tuple[RedisStore | ElasticsearchStore, list[Model[Any]]]]:
        """Live generations, folded up to the opening, that nobody else uses."""
        own = self.world.name()
        store: RedisStore | ElasticsearchStore
        if name == "redis":
            store = RedisStore(self.settings.redis_url, Layout(f"{{{own}}}"))
            models = redis_models(self.opener)
        else:
            store = ElasticsearchStore(self.settings.elasticsearch_url, SearchLayout(own.replace("_", "-")))
            models = search_models()
        try:
            # Live at position 0, as no shop's models ever are: there is nobody to be behind.
            store.acquire(Role.BUILDER)
            store.swap({model.name: store.begin(model.name) for model in models}, may_lag=True)
            store.acquire(Role.RUNNER)
            first = Follower(self.log, store.session(Role.RUNNER, store.live()), models, self.opening)
            first.step()
            first.settle()
            assert first.position == self.opening
            yield store, models
        finally:
            if isinstance(store, RedisStore):
                for key in store.client.scan_iter(match=f"{store.layout.tag}*", count=1000):
                    store.client.unlink(key)
            store.close()
