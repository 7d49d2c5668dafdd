"""A store that an earlier release left, under a projector that stores other documents, lists or fields."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import msgspec
import pytest
import pytest_asyncio
from rich.console import Console
from shop_past import Happened, history, open_sealed
from shop_world import World, caught_up, wait_for

from projections.main import opened
from projections.model import Entry, Model
from projections.rebuild import Interrupted, build, clear, swap_back
from projections.runner import Runner
from projections.status import Status, status
from projections.stores import elasticsearch
from projections.stores.http import Http
from projections.wakeup import Wakeup
from read_side.documents.search import MAPPINGS, encode_product
from read_side.open import ReadSide
from read_side.queries.filters import ProductFilter
from read_side.queries.orders import Viewer
from read_side.queries.search_cache import KEPT
from storefold import projections_command
from write_side.catalog.product.events import ProductCreated
from write_side.order.events import OrderPaid, OrderPlaced, OrderTakenInWork
from write_side.values import Charges, OrderLine, Sealed

Name = Literal["redis", "elasticsearch"]
Contents = Callable[[Name], dict[str, bytes]]
STORES = ("redis", "elasticsearch")
NUMBER, BUYER, SELLER = 9_000_001, 9_000_002, 9_000_003
CHANGED: dict[str, set[str]] = {"redis": {"products", "orders", "accounts", "reviews"}, "elasticsearch": {"products"}}


def bought() -> list[Happened]:
    """A product with a tag, and an order of it."""
    line = OrderLine(line_id=1, product_id=NUMBER, sku="S", name="N", unit_price=5, quantity=1, seller_id=SELLER)
    nobody = Sealed('open:{"full_name": "A"}')
    return [
        (
            f"product-{NUMBER}",
            ProductCreated(
                product_id=NUMBER, name="Zither", slug="zither", sku="Z", selling_price=5, tags=("rare",),
                low_stock_threshold=1,
            ),
        ),
        (
            f"order-{NUMBER}",
            OrderPlaced(
                order_id=NUMBER, number="Z-1", person_id=BUYER, lines=(line,), pricing="none",
                charges=Charges(subtotal=5, tax=0, shipping=0, discount=0, total=5),
                shipping_address=nobody, billing_address=nobody,
            ),
        ),
    ]  # fmt: skip


def without_parties(model: Model[Any]) -> Callable[[Any], list[Entry]]:
    """The lists of `orders` before there were some by party."""
    return lambda order: [entry for entry in model.entries_of(order) if not entry[0].startswith("party:")]


def encode_without_tags(product: Any) -> bytes:
    document = msgspec.json.decode(encode_product(product))
    del document["find"]["tags"]
    return msgspec.json.encode(document)


def of_before(models: list[Model[Any]]) -> list[Model[Any]]:
    """The models as an earlier release had them."""
    found = []
    for model in models:
        old = replace(model, version=1)
        if model.name == "orders":
            old = replace(old, entries=without_parties(model))
        if model.entries is None and model.name == "products":
            old = replace(old, encode=encode_without_tags)
        found.append(old)
    return found


def installed(world: World, name: Name, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An installation from before there were versions; the generations that are live."""
    store, models = world.store(name)
    fields = {key: value for key, value in MAPPINGS["properties"]["find"]["properties"].items() if key != "tags"}
    mappings = {**MAPPINGS, "properties": {**MAPPINGS["properties"], "find": {"properties": fields}}}
    with monkeypatch.context() as before:
        before.setattr(elasticsearch, "MAPPINGS", mappings)
        live = build(world.events, store, of_before(models))
    if name == "redis":
        world.redis.client.delete(world.redis.layout.versions)
    else:
        http = Http(world.places.elasticsearch_url)
        for generation in live.values():
            http.ask("PUT", f"/{world.elasticsearch.layout.index(generation)}/_mapping", {"_meta": {}})
        http.close()
    assert store.versions() == {}
    return live


class Watched:
    """A log whose every read is told of first, as if somebody came between."""

    def __init__(self, events: Any, told: Callable[[], None]) -> None:
        self._events = events
        self._told = told

    def read(self, *where: Any) -> Any:
        self._told()
        return self._events.read(*where)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._events, name)


@contextmanager
def running(
    world: World, name: Name, models: list[Model[Any]], told: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """A runner in a thread, over connections of its own."""
    wakeup, errors = Wakeup(world.places.dsn), list[BaseException]()

    def run() -> None:
        try:
            with opened(name, world.places, open_sealed) as parts:
                Runner(Watched(parts.events, told), parts.store, models, wakeup).run()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        wakeup.stop()
        thread.join(20)
        wakeup.close()
    assert not thread.is_alive()
    assert errors == []


@pytest_asyncio.fixture
async def reads(world: World) -> AsyncIterator[ReadSide]:
    places = world.places
    made = await ReadSide.open(places.redis_url, places.elasticsearch_url, places.layout, places.search_layout)
    yield made
    await made.close()


@pytest.mark.parametrize("name", STORES)
async def test_what_another_version_made_is_made_anew_while_readers_go_on(
    world: World, reads: ReadSide, contents: Contents, monkeypatch: pytest.MonkeyPatch, name: Name
) -> None:
    store, models = world.store(name)
    past = history(41, 900)
    world.past.append(*past[:600], *bought())
    before = installed(world, name, monkeypatch)

    async def find() -> tuple[list[int], list[int]]:
        """What was there always, and what only the version of now has."""
        if name == "redis":
            mine = await reads.orders.of_buyer(BUYER, 1, 5)
            party = await reads.orders.of_party(Viewer(SELLER, sells=True), 1, 5)
            return [order.order_id for order in mine.items], [order.order_id for order in party.items]
        named = await reads.search.products(ProductFilter(text="zither"))
        tagged = await reads.search.products(ProductFilter(tags=("rare",)))
        return [p.product_id for p in named.items], [p.product_id for p in tagged.items]

    assert await find() == ([NUMBER], [])
    assert set(status(world.events, store, models).other_version) == {before[model] for model in CHANGED[name]}
    loop, found = asyncio.get_running_loop(), list[tuple[list[int], list[int]]]()

    def ask() -> None:
        if len(found) < 2:  # before the first events are folded, and before the store is told that it was all
            found.append(asyncio.run_coroutine_threadsafe(find(), loop).result(10))

    def upgraded() -> bool:
        return store.live() != before and caught_up(world, name)

    with running(world, name, models, ask):
        await asyncio.to_thread(wait_for, upgraded)
        assert found == [([NUMBER], [])] * 2
        for _ in range(int(KEPT / 0.05)):  # what a search was answered just before is repeated for a moment
            if (shown := await find()) == ([NUMBER], [NUMBER]):
                break
            await asyncio.sleep(0.05)
        assert shown == ([NUMBER], [NUMBER])
        live = store.live()
        assert {model for model in live if live[model] != before[model]} == CHANGED[name]
        paid = OrderPaid(order_id=NUMBER, amount=5)
        work = OrderTakenInWork(order_id=NUMBER)
        world.past.append((f"order-{NUMBER}", paid), *past[600:800], (f"order-{NUMBER}", work))
        await asyncio.to_thread(wait_for, lambda: caught_up(world, name))
    assert status(world.events, store, models).other_version == []
    # Another one finds the version that it makes itself.
    with running(world, name, models):
        world.past.append(*past[800:])
        await asyncio.to_thread(wait_for, lambda: caught_up(world, name))
    assert store.live() == live
    kept = contents(name)
    build(world.events, store, models)
    assert contents(name) == kept


@pytest.mark.parametrize("name", STORES)
def test_who_goes_back_to_another_version_stays_there(
    world: World, monkeypatch: pytest.MonkeyPatch, name: Name
) -> None:
    store, models = world.store(name)
    world.happen(44, 300)
    first = installed(world, name, monkeypatch)
    changed = {model: first[model] for model in CHANGED[name]}
    with running(world, name, models):
        wait_for(lambda: store.live() != first and caught_up(world, name))
        second = store.live()
        assert swap_back(world.events, store, models) == changed
        world.happen(45, 100)
        wait_for(lambda: caught_up(world, name))
        assert store.live() == first
    with running(world, name, models):  # nor does one that is started later go on to the newer ones
        world.happen(46, 100)
        wait_for(lambda: caught_up(world, name))
        assert store.live() == first
        assert swap_back(world.events, store, models, may_lag=True).keys() == changed.keys()
        wait_for(lambda: caught_up(world, name))
        assert store.live() == second
    assert set(store.versions().values()) == {2}


@pytest.mark.parametrize("name", STORES)
def test_each_release_has_the_version_it_makes(world: World, name: Name) -> None:
    """Also the one before, when somebody returns to it; what is built by hand counts."""
    store, models = world.store(name)
    world.happen(47, 300)
    newer = [replace(model, version=model.version + 1) for model in models]
    by_hand = build(world.events, store, newer)
    assert {name: store.versions()[made] for name, made in by_hand.items()} == {m.name: m.version for m in newer}
    with running(world, name, newer):
        wait_for(lambda: caught_up(world, name))
        world.happen(48, 50)
        wait_for(lambda: caught_up(world, name))
        assert store.live() == by_hand
    with running(world, name, models):
        wait_for(lambda: not set(store.live().values()) & set(by_hand.values()) and caught_up(world, name))
    live = store.live()
    assert {name: store.versions()[made] for name, made in live.items()} == {m.name: m.version for m in models}
    with pytest.raises(Interrupted):
        build(world.events, store, newer, stopping=lambda: True)
    assert set(store.versions()) == set(store.generations())
    clear(store, previous=True)
    assert set(store.versions()) == set(live.values())


def test_the_console_says_what_waits_to_be_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(projections_command, "console", Console(file=said, width=200))
    live = {"carts": "carts.1", "orders": "orders.3"}
    projections_command._show([Status(store="redis", generations=live, other_version=["orders.3"])])
    assert "orders.3 (other version)" in said.getvalue()
    assert "carts.1 (other" not in said.getvalue()
