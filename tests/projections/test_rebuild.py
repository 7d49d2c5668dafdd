"""A second generation beside the live one: built, compared, swapped, and back."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import pytest
from shop_past import history, open_sealed
from shop_world import World, caught_up, wait_for

from projections.compare import compare
from projections.main import opened
from projections.models.cart import CARTS
from projections.rebuild import Interrupted, build, clear, swap_back
from projections.runner import Runner
from projections.status import status
from projections.wakeup import Wakeup
from read_side.documents.cart import Cart

Name = Literal["redis", "elasticsearch"]
Contents = Callable[[Name], dict[str, bytes]]
STORES = ("redis", "elasticsearch")


@pytest.fixture
def running(world: World) -> Iterator[Callable[[Name], None]]:
    """Starts a runner in a thread, over connections of its own."""
    wakeup = Wakeup(world.places.dsn)
    threads = []

    def start(name: Name) -> None:
        def run() -> None:
            with opened(name, world.places, open_sealed) as parts:
                Runner(parts.events, parts.store, parts.models, wakeup).run()

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield start
    wakeup.stop()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    wakeup.close()


@pytest.mark.parametrize("name", STORES)
def test_a_swap_under_load_loses_nothing(
    world: World, contents: Contents, running: Callable[[Name], None], name: Name
) -> None:
    running(name)
    past = history(21, 4000)
    world.past.append(*past[:1000])
    wait_for(lambda: caught_up(world, name))
    store, models = world.store(name)
    before = store.live()
    writing = threading.Event()

    def write() -> None:
        for start in range(1000, len(past), 25):
            world.past.append(*past[start : start + 25])
            writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait()
    seen: list[tuple[int, int]] = []
    build(world.events, store, models, lambda done, total, rate: seen.append((done, total)))
    writer.join()
    wait_for(lambda: caught_up(world, name))
    assert store.live() != before
    assert seen[-1][0] == seen[-1][1]
    live = contents(name)
    fresh = build(world.events, store, models)
    assert {
        f"{model}/{key}": value for model, generation in fresh.items() for key, value in store.contents(generation)
    } == live


def test_one_model_is_rebuilt_by_itself(world: World, running: Callable[[Name], None]) -> None:
    running("redis")
    world.happen(22, 300)
    wait_for(lambda: caught_up(world, "redis"))
    build(world.events, world.redis, [CARTS])
    assert world.redis.live()["carts"] == "carts.2"
    assert world.redis.live()["orders"] == "orders.1"
    world.happen(23, 300)
    wait_for(lambda: caught_up(world, "redis"))


def test_models_that_were_added_to_the_code_are_built_beside_the_live_ones(
    world: World, contents: Contents, running: Callable[[Name], None]
) -> None:
    """An installation from before there were figures: the runner makes them by itself."""
    figures = {"sales", "product-sales", "customers", "returns", "stock-months", "stock-movements"}
    world.happen(29, 1500)
    before = build(world.events, world.redis, [m for m in world.redis_models if m.name not in figures])
    running("redis")
    wait_for(lambda: figures <= set(world.redis.live()))
    world.happen(30, 300)
    wait_for(lambda: caught_up(world, "redis"))
    live = world.redis.live()
    assert {model: live[model] for model in before} == before
    assert set(live) - set(before) == figures
    grown = contents("redis")
    assert {key.partition("/")[0] for key in grown} >= figures
    build(world.events, world.redis, world.redis_models)
    assert contents("redis") == grown


@pytest.mark.parametrize("name", STORES)
def test_back_again(world: World, name: Name) -> None:
    world.happen(24, 300)
    store, models = world.store(name)
    first = build(world.events, store, models)
    with pytest.raises(LookupError):
        swap_back(world.events, store, models)
    second = build(world.events, store, models)
    world.happen(25, 100)
    assert store.live() == second
    assert swap_back(world.events, store, models) == first
    assert store.live() == first
    assert status(world.events, store).position == world.events.head()
    assert swap_back(world.events, store, models, may_lag=True) == second
    assert clear(store, previous=True) == sorted(first.values())
    with pytest.raises(ValueError, match="is live"):
        store.drop(next(iter(second.values())))


@pytest.mark.parametrize("name", STORES)
def test_a_half_built_generation_is_thrown_away(world: World, name: Name) -> None:
    world.happen(26, 300)
    store, models = world.store(name)
    live = build(world.events, store, models)
    with pytest.raises(Interrupted):
        build(world.events, store, models, stopping=lambda: True)
    assert store.live() == live
    assert len(store.generations()) == 2 * len(models)
    second = build(world.events, store, models)
    assert set(store.generations()) == {*live.values(), *second.values()}


def test_compare_finds_what_differs_and_can_prevent_the_swap(world: World) -> None:
    world.happen(27, 400)
    build(world.events, world.redis, [CARTS])

    class Differs(Exception):
        pass

    def check(old: dict[str, str], new: dict[str, str], step: Callable[[], object]) -> None:
        if differing := compare(world.redis, old["carts"], new["carts"], step):
            raise Differs(differing)

    build(world.events, world.redis, [CARTS], check=check)

    def spoiled(cart: Cart) -> bytes:
        if cart.person_id == person:
            cart.updated_at = "never"
        return CARTS.encode(cart)

    generation = world.redis.live()["carts"]
    person = int(next(iter(world.redis.contents(generation)))[0])
    with pytest.raises(Differs) as caught:
        build(world.events, world.redis, [replace(CARTS, encode=spoiled)], check=check)
    assert caught.value.args == ([str(person)],)
    assert world.redis.live()["carts"] == generation


@pytest.mark.parametrize("stepping", [True, False])
def test_what_happens_while_it_compares_is_no_difference(
    world: World, monkeypatch: pytest.MonkeyPatch, stepping: bool
) -> None:
    """The live generation goes on; one that is looked at without being fed would differ."""
    monkeypatch.setattr("projections.compare.ROUNDS", 4)  # nothing else moves: more of them would find the same
    happened = history(31, 400)
    world.past.append(*happened[:300])
    live = world.follow("redis")

    def check(old: dict[str, str], new: dict[str, str], step: Callable[[], object]) -> None:
        world.past.append(*happened[300:])
        while live.step():
            pass
        feed = step if stepping else lambda: None
        differing = [key for model in old for key in compare(world.redis, old[model], new[model], feed)]
        assert bool(differing) is not stepping

    store, models = world.store("redis")
    build(world.events, store, models, check=check)


def test_progress_ends_at_the_head(world: World) -> None:
    world.happen(28, 300)
    reports: list[tuple[int, int]] = []
    build(world.events, world.redis, [CARTS], lambda done, total, _: reports.append((done, total)))
    assert reports[-1] == (300, 300)
