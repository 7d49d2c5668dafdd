"""Real Redis: erased people are gone from the live documents, from a rebuild, and from what nobody reads any more."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from memory_session import Projection
from shop_past import Happened, history, mark, open_for_the_living, open_sealed, rows
from shop_world import World

from projections.follower import Follower
from projections.models import redis_models
from projections.rebuild import build
from projections.scrub import STILL, Scrubber
from projections.stores.base import Role, StoreDown
from write_side.account.events import AccountErased, AccountRegistered, AddressRemoved
from write_side.cart.events import CartCleared
from write_side.order.events import OrderPlaced, OrderShipped
from write_side.values import Charges, Sealed

Contents = Callable[[Any], dict[str, bytes]]
JO, AL = 1, 2


def registered(person_id: int) -> Happened:
    sealed = Sealed(f"open:{mark(person_id)}")
    event = AccountRegistered(
        person_id=person_id, email=sealed, email_hash=f"h{person_id}", first_name=sealed, last_name=sealed
    )
    return f"account-{person_id}", event


def ordered(order_id: int, person_id: int) -> Happened:
    address = Sealed("open:" + json.dumps({"full_name": mark(person_id)}))
    event = OrderPlaced(
        order_id=order_id,
        number=f"N{order_id}",
        person_id=person_id,
        lines=(),
        charges=Charges(subtotal=0, tax=0, shipping=0, discount=0, total=0),
        pricing="none",
        shipping_address=address,
        billing_address=None,
    )
    return f"order-{order_id}", event


def erased(person_id: int) -> Happened:
    return f"account-{person_id}", AccountErased(person_id=person_id)


# Jo's orders lie before, in and after the batch of the erasure; Al's stay as they are.
PAST: list[Happened] = [
    registered(JO), registered(AL), ordered(10, JO), ordered(11, AL),
    *[("cart-2", CartCleared()) for _ in range(20)],
    ordered(12, JO), ("order-12", OrderShipped(order_id=12, tracking_number="T")), ordered(13, AL), erased(JO),
    ("order-10", OrderShipped(order_id=10, tracking_number="T")),
    *[("cart-2", CartCleared()) for _ in range(20)],
]  # fmt: skip


def shown(contents: dict[str, bytes]) -> set[int]:
    return {int(found) for found in re.findall(rb"p#(\d+)#", b"\n".join(contents.values()))}


def rebuilt(world: World, past: list[Happened]) -> None:
    """With the keys gone."""
    build(world.events, world.redis, redis_models(open_for_the_living(past)))


def run(follower: Follower) -> None:
    while follower.step():
        pass


@pytest.mark.parametrize("window", [1, 7, 1000])
def test_an_erasure_reaches_every_order_and_a_rebuild_is_the_same(
    world: World, contents: Contents, window: int
) -> None:
    follower = world.follow("redis", window)
    world.past.append(*PAST)
    run(follower)
    live = contents("redis")
    assert shown(live) == {AL}
    for order in (10, 12):
        assert b"[erased]" in live[f"orders/{order}"]
    assert b'"status":"shipped"' in live["orders/10"]
    assert b'"deleted":true' in live[f"accounts/{JO}"]
    assert [key for key in live if key.startswith("accounts/:") and key.endswith(f"/{JO}")] == []
    rebuilt(world, PAST)
    assert contents("redis") == live


def test_answers_that_were_lost_and_a_kill_in_the_middle(world: World, contents: Contents) -> None:
    """Every second answer never comes, every fifth time the process dies before it has written anything."""
    past = history(31, 900)
    for start in range(0, len(past), 300):
        world.past.append(*past[start : start + 300])
    gone = {event.person_id for _, event in past if isinstance(event, AccountErased)}
    assert len(gone) > 2
    calls, moved = 0, True
    while moved:
        follower = world.follow("redis", 90)
        session: Any = follower._session
        write = session.write

        def fragile(*args: Any, write: Any = write) -> Any:
            nonlocal calls
            calls += 1
            if calls % 5 == 0:
                raise StoreDown("killed before")
            result = write(*args)
            if calls % 2:
                raise StoreDown("the answer was lost")
            return result

        session.write = fragile
        try:
            moved = follower.step() > 0
        except StoreDown:
            continue
    live = contents("redis")
    assert shown(live) and not shown(live) & gone
    rebuilt(world, past)
    assert contents("redis") == live


# -- documents that are parked --------------------------------------------------------------------


def cannot_be_applied() -> Happened:
    """It takes an address out of Jo's book that is not there."""
    return f"account-{JO}", AddressRemoved(person_id=JO, address_id=99)


@pytest.mark.parametrize("window", [1, 3, 1000])
def test_a_parked_document_shows_nothing_either(window: int) -> None:
    past = [registered(JO), registered(AL), cannot_be_applied(), ("cart-2", CartCleared()), erased(JO)]
    projection = Projection(redis_models(open_sealed))
    log = rows(past)
    for start in range(0, len(log), window):
        projection.take(log[start : start + window])
    assert [(parked.model, parked.key) for parked in projection.session.parks] == [("accounts", str(JO))]
    documents = projection.session.documents
    assert shown({"": b"\n".join(documents.values())}) == {AL}
    assert not [target for target, _ in projection.session.entries if target == ("accounts", str(JO))]


def test_an_event_that_nobody_can_read_hides_no_erasure() -> None:
    log = rows([registered(JO), cannot_be_applied(), erased(JO)])
    position, stream, version, topic, _ = log[1]
    log[1] = (position, stream, version, topic, b"{")
    projection = Projection(redis_models(open_sealed))
    for row in log:
        projection.take([row])
    assert ("accounts", f"~account-{JO}") in projection.session.parked()
    assert shown({"": b"\n".join(projection.session.documents.values())}) == set()


# -- what nobody reads any more -------------------------------------------------------------------


def everywhere(world: World) -> set[int]:
    """Whoever is shown in any generation, live or not."""
    found: set[int] = set()
    for generation in world.redis.generations():
        found |= shown(dict(world.redis.contents(generation)))
    return found


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("projections.scrub.time", clock)
    return clock


def test_generations_from_before_an_erasure_are_deleted(world: World, clock: Clock) -> None:
    follower = world.follow("redis")
    world.past.append(*PAST[:5])
    run(follower)
    rebuilt(world, [])  # the first generations are kept for switching back
    half = world.redis.begin("accounts")  # and somebody who built another one was killed
    world.redis.acquire(Role.BUILDER)
    builder = Follower(world.events, world.redis.session(Role.BUILDER, {"accounts": half}), _accounts(world), window=2)
    builder.step()
    world.past.append(*PAST[5:])
    follower = world.follow("redis")
    run(follower)
    assert JO in everywhere(world)

    scrubber = Scrubber(world.events, world.redis, world.redis_models)
    scrubber.look(follower.position)
    scrubber.look(follower.position)
    assert set(world.redis.previous()) - set(world.redis.generations())  # there is no way back
    assert half in world.redis.generations()  # its builder may be at work
    assert "carts.1" not in world.redis.generations() and "products.1" in world.redis.generations()
    clock.now += STILL + 1
    scrubber.look(follower.position)
    assert half not in world.redis.generations()
    assert everywhere(world) == {AL}

    for _ in range(2000):
        clock.now += STILL  # the file is rewritten after a while, once more: something was deleted since
        scrubber.look(follower.position)
        if world.redis.scrubbed():
            break
        time.sleep(0.01)
    assert world.redis.scrubbed() == len(PAST) - 21
    again = Scrubber(world.events, world.redis, world.redis_models)
    again._drop = lambda _last: pytest.fail("it was done")  # type: ignore[assignment,method-assign]
    for _ in range(3):
        again.look(follower.position)


def test_a_model_that_lags_behind_is_not_called_clean(world: World, clock: Clock) -> None:
    follower = world.follow("redis", window=5)
    world.past.append(*PAST)
    follower.step()
    scrubber = Scrubber(world.events, world.redis, world.redis_models)
    for _ in range(3):
        scrubber.look(follower.position)
    assert scrubber._clean == -1
    run(follower)
    for _ in range(3):
        scrubber.look(follower.position)
    assert scrubber._clean >= 0


def _accounts(world: World) -> list[Any]:
    return [model for model in world.redis_models if model.name == "accounts"]
