"""Both stores: whatever is cut differently, delivered again or lost in between, the same bytes."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from shop_past import open_sealed
from shop_world import World

from projections.follower import Follower
from projections.main import opened
from projections.rebuild import build
from projections.stores.base import Emptied, Fenced, Moved, Role, StoreDown, Swapped
from projections.stores.http import Http

STORES = ("redis", "elasticsearch")
Name = Literal["redis", "elasticsearch"]
Contents = Callable[[Name], dict[str, bytes]]


def catch_up(follower: Follower) -> None:
    while follower.step():
        pass
    follower.settle()


def _step_and_settle(follower: Follower) -> None:
    follower.step()
    follower.settle()


@pytest.mark.parametrize("name", STORES)
@pytest.mark.parametrize("window", [1, 7, 1000])
def test_live_and_rebuilt_are_equal_bytes(world: World, contents: Contents, name: Name, window: int) -> None:
    follower = world.follow(name, window)
    world.happen(3, 400 if window == 1 else 1200)
    catch_up(follower)
    live = contents(name)
    store, models = world.store(name)
    build(world.events, store, models)
    assert contents(name) == live
    assert len(live) > 10


@pytest.mark.parametrize("name", STORES)
def test_a_batch_that_is_written_again_changes_nothing(world: World, contents: Contents, name: Name) -> None:
    """The answer to a write was lost: the same events are folded again from what is stored."""
    follower = world.follow(name, 300)
    world.happen(4, 1000)
    session: Any = follower._session
    write, calls = session.write, 0

    def write_and_lose_every_other_answer(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        result = write(*args)
        if calls % 2:
            raise StoreDown("the answer was lost")
        return result

    session.write = write_and_lose_every_other_answer
    while True:
        try:
            if follower.step() == 0:
                break
        except StoreDown:
            follower = world.follow(name, 300)
            session = follower._session
            write, session.write = session.write, write_and_lose_every_other_answer
    live = contents(name)
    store, models = world.store(name)
    build(world.events, store, models)
    assert contents(name) == live


def test_documents_without_their_position_are_folded_to_the_same(world: World, contents: Contents) -> None:
    """Elasticsearch: killed between the bulk and the position."""
    follower = world.follow("elasticsearch", 100)
    world.happen(5, 900)
    session: Any = follower._session
    save = session._save_all
    for _ in range(5):
        follower.step()
    follower.settle()
    session._save_all = lambda parked: (_ for _ in ()).throw(StoreDown("killed here"))
    follower.step()
    with pytest.raises(StoreDown):
        follower.settle()
    session._save_all = save
    follower = world.follow("elasticsearch", 270)
    assert follower.position == 500
    catch_up(follower)
    live = contents("elasticsearch")
    build(world.events, *world.store("elasticsearch"))
    assert contents("elasticsearch") == live


def test_under_load_a_position_travels_with_the_next_documents(world: World, contents: Contents) -> None:
    """Elasticsearch: never with its own, which might be refused while it is taken."""
    follower = world.follow("elasticsearch", 100)
    world.happen(17, 900)
    session: Any = follower._session
    saves = 0
    put = session._control.put

    def counting(*args: Any) -> Any:
        nonlocal saves
        saves += 1
        return put(*args)

    session._control.put = counting
    follower.step()
    first = saves
    for position in (300, 500, 700):
        session._saved = float("inf")  # it is not yet time to save
        follower.step()
        session._saved = 0.0
        follower.step()
        assert session.positions() == {"products": position - 100}
        standing, _ = session._control.standing("products.1")
        assert standing.position == position - 100
    assert saves == first
    session._control.put = put

    # Another runner takes over: this one is told by the bulk, before it announces anything.
    newer = world.follow("elasticsearch", 100)
    session._saved, told = 0.0, []
    assert session._unsaved
    session._tell = told.append
    with pytest.raises(Fenced):
        follower.step()
    assert told == []
    catch_up(newer)
    live = contents("elasticsearch")
    build(world.events, *world.store("elasticsearch"))
    assert contents("elasticsearch") == live


def test_a_document_that_cannot_be_read_is_not_taken_for_a_missing_one(world: World, contents: Contents) -> None:
    """As while Elasticsearch recovers a shard: folding on from nothing would lose what was
    there."""
    catch_up(world.follow("elasticsearch"))
    world.happen(15, 200)
    catch_up(world.follow("elasticsearch"))
    world.happen(16, 200)
    follower = world.follow("elasticsearch")
    http = Http(world.places.elasticsearch_url)
    index = world.elasticsearch.layout.index("products.1")
    http.ask("POST", f"/{index}/_close")
    with pytest.raises(StoreDown):
        follower.step()
    http.ask("POST", f"/{index}/_open")
    http.ask("GET", f"/_cluster/health/{index}?wait_for_status=yellow")
    http.close()
    catch_up(world.follow("elasticsearch"))
    live = contents("elasticsearch")
    build(world.events, *world.store("elasticsearch"))
    assert contents("elasticsearch") == live


@pytest.mark.parametrize("name", STORES)
def test_the_older_of_two_runners_is_fenced(world: World, name: Name) -> None:
    older = world.follow(name)
    world.happen(6, 50)
    catch_up(older)
    newer = world.follow(name)
    world.happen(7, 50)
    with pytest.raises(Fenced):
        _step_and_settle(older)
    catch_up(newer)
    assert newer.position == 100
    with pytest.raises(Fenced):
        older.beat(b"{}")


@pytest.mark.parametrize("name", STORES)
def test_the_older_of_two_builders_is_fenced(world: World, name: Name) -> None:
    world.happen(6, 50)
    store, models = world.store(name)
    store.acquire(Role.BUILDER)
    generations = {model.name: store.begin(model.name) for model in models}
    session = store.session(Role.BUILDER, generations)
    older = Follower(world.events, session, models)
    with opened(name, world.places, open_sealed) as other:
        build(world.events, other.store, models)
    # The newer one has thrown the half-built generations away.
    with pytest.raises((Fenced, Emptied)):
        older.step()


@pytest.mark.parametrize("name", STORES)
def test_a_runner_notices_that_another_generation_is_live(world: World, name: Name) -> None:
    follower = world.follow(name)
    world.happen(8, 50)
    catch_up(follower)
    build(world.events, *world.store(name))
    world.happen(9, 50)
    with pytest.raises(Swapped):
        _step_and_settle(follower)


def test_a_redis_that_lost_its_last_second_is_noticed(world: World) -> None:
    follower = world.follow("redis", 20)
    world.happen(10, 100)
    for _ in range(3):
        follower.step()
    store = world.redis
    for field in store.client.hkeys(store.layout.positions):
        store.client.hset(store.layout.positions, field, 40)
    with pytest.raises(Moved):
        follower.step()


def test_an_emptied_redis_is_noticed(world: World) -> None:
    follower = world.follow("redis")
    world.happen(11, 50)
    catch_up(follower)
    client = world.redis.client
    for key in client.scan_iter(match=f"{world.redis.layout.tag}*"):
        client.delete(key)
    with pytest.raises(Emptied):
        follower.beat(b"{}")
    world.happen(12, 50)
    with pytest.raises(Emptied):
        follower.step()


@pytest.mark.parametrize("lost", ["storefold index", "control"])
def test_an_emptied_elasticsearch_is_noticed(world: World, lost: str) -> None:
    follower = world.follow("elasticsearch")
    world.happen(13, 50)
    catch_up(follower)
    layout = world.elasticsearch.layout
    http = Http(world.places.elasticsearch_url)
    gone = layout.control if lost == "control" else layout.index("products.1")
    http.ask("DELETE", f"/{gone}")
    http.close()
    world.happen(14, 200)
    with pytest.raises(Emptied):
        catch_up(follower)
    assert world.elasticsearch.live() == {}
