"""The log of observations, followed: whatever is cut differently or delivered again, each is counted once."""

import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from shop_past import at, open_sealed
from shop_world import World

from projections.follower import Follower
from projections.main import Opened, opened
from projections.rebuild import build, swap_back
from projections.status import status
from projections.stores.base import Fenced, Role, StoreDown
from read_side.documents.metrics import CategoryVisits, ProductVisits
from write_side.database import Database
from write_side.observations.log import ObservationLog
from write_side.observations.observed import Count, Observed


@pytest.fixture
def log(world: World) -> Iterator[ObservationLog]:
    opened_log = ObservationLog(Database(world.places.dsn))
    yield opened_log
    opened_log.close()


@pytest.fixture
def parts(world: World) -> Iterator[Opened]:
    with opened("observations", world.places, open_sealed) as made:
        yield made


def observe(log: ObservationLog, *counts: tuple[str, int, int | None, int], when: int = 1) -> None:
    log.append(uuid4(), Observed(at=at(when), counts=tuple(Count(*count) for count in counts)))


def many(log: ObservationLog, seed: int, length: int) -> None:
    """Made-up batches over a few products and categories, so that most touch what others have touched."""
    chance = random.Random(seed)
    kinds = ["product-viewed", "product-viewed", "product-clicked", "category-visited", "shop-entered"]
    for number in range(length):
        counts = [
            (chance.choice(kinds), chance.randint(1, 12), chance.choice([None, None, 5, 6]), chance.randint(1, 9))
            for _ in range(chance.randint(1, 8))
        ]
        observe(log, *counts, when=number)


def follow(parts: Opened, window: int = 1000) -> Follower:
    if not parts.store.live():
        build(parts.events, parts.store, parts.models)
    parts.store.acquire(Role.RUNNER)
    session = parts.store.session(Role.RUNNER, parts.store.live())
    return Follower(parts.events, session, parts.models, window)


def catch_up(follower: Follower) -> None:
    while follower.step():
        pass


def contents(parts: Opened) -> dict[str, bytes]:
    live = parts.store.live()
    return {f"{m}/{key}": value for m, name in live.items() for key, value in parts.store.contents(name)}


def document(parts: Opened, model: str, key: int, kind: Any) -> Any:
    return msgspec.json.decode(contents(parts)[f"{model}/{key}"], type=kind)


def test_views_clicks_and_visits_of_several_people_in_one_and_several_batches(
    log: ObservationLog, parts: Opened
) -> None:
    follower = follow(parts)
    observe(
        log,
        ("product-viewed", 7, None, 3),
        ("product-viewed", 7, 5, 2),
        ("product-clicked", 7, 5, 1),
        ("product-viewed", 8, 5, 1),
        ("category-visited", 7, None, 4),
        ("dropped", 0, None, 9),
        when=1,
    )
    observe(log, ("product-clicked", 7, None, 6), ("category-visited", 9, 5, 5), when=2)
    observe(log, ("product-clicked", 7, None, 1), ("category-visited", 7, 5, 2), when=3)
    catch_up(follower)
    assert document(parts, "product-visits", 7, ProductVisits) == ProductVisits(
        product_id=7, position=3, views=5, clicks=8, updated_at=at(3)
    )
    assert document(parts, "product-visits", 8, ProductVisits).clicks == 0
    assert document(parts, "category-visits", 7, CategoryVisits).visits == 6
    assert {key: value for key, value in contents(parts).items() if ":visits" in key} == {
        "category-visits/:visits/7": b"6",
        "category-visits/:visits/9": b"5",
    }
    assert "product-visits/0" not in contents(parts)


@pytest.mark.parametrize("window", [1, 7, 1000])
def test_live_and_rebuilt_are_equal_bytes_and_there_is_a_way_back(
    log: ObservationLog, parts: Opened, window: int
) -> None:
    follower = follow(parts, window)
    many(log, 3, 150)
    catch_up(follower)
    live, generations = contents(parts), parts.store.live()
    assert len(live) > 20
    build(parts.events, parts.store, parts.models)
    assert contents(parts) == live and parts.store.live() != generations
    assert swap_back(parts.events, parts.store, parts.models) == generations


def test_a_batch_that_is_written_again_counts_nothing_twice(log: ObservationLog, parts: Opened) -> None:
    """The answer to a write was lost: the same rows are folded again from what is stored."""
    follower, lost = follow(parts, 20), 0
    many(log, 4, 150)
    while True:
        session: Any = follower._session
        write = session.write

        def write_and_lose_the_answer(*args: Any, write: Any = write) -> Any:
            write(*args)
            raise StoreDown("the answer was lost")

        session.write = write_and_lose_the_answer
        try:
            if follower.step() == 0:
                break
        except StoreDown:
            lost += 1
            follower = follow(parts, 20)
    assert lost == 8
    live = contents(parts)
    build(parts.events, parts.store, parts.models)
    assert contents(parts) == live


def test_a_row_that_cannot_be_read_holds_up_no_other(world: World, log: ObservationLog, parts: Opened) -> None:
    follower = follow(parts)
    observe(log, ("product-viewed", 7, None, 1))
    with log.connection() as conn:
        conn.execute("SELECT observations_append(%s, %s)", (uuid4(), b'{"v":2,"at":"","counts":[]}'))
    observe(log, ("product-viewed", 7, None, 1))
    catch_up(follower)
    assert document(parts, "product-visits", 7, ProductVisits).views == 2
    now = status(parts.events, parts.store)
    assert (now.store, now.position, now.head) == ("observations", 3, 3)
    assert {(parked.model, parked.key) for parked in now.parked} == {
        ("product-visits", "~observed-2"),
        ("category-visits", "~observed-2"),
    }


def test_it_is_fenced_and_apart_from_the_models_of_events(world: World, log: ObservationLog, parts: Opened) -> None:
    events = world.follow("redis")
    older = follow(parts)
    observe(log, ("product-viewed", 7, None, 1))
    world.happen(6, 30)
    catch_up(older)
    catch_up(events)  # whose token nobody has taken
    assert world.redis.look().positions.keys().isdisjoint(parts.store.look().positions)
    newer = follow(parts)
    observe(log, ("product-viewed", 7, None, 1))
    with pytest.raises(Fenced):
        older.step()
    catch_up(newer)
    assert document(parts, "product-visits", 7, ProductVisits).views == 2
