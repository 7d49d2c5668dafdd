"""An event that cannot be applied parks its document, is never skipped in silence, and is healed by
a rebuild with code that knows better."""

import logging
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from memory_session import Projection
from shop_past import Happened, open_sealed, rows
from shop_world import World
from test_sales_folds import CANCELLED, line, past_order

from projections.follower import Follower
from projections.model import Model, Moment
from projections.models import redis_models
from projections.models.cart import CARTS
from projections.models.product_sales import PRODUCT_SALES
from projections.models.sales import SALES
from projections.rebuild import build
from projections.status import status
from projections.stores.base import Role
from read_side.documents.cart import Cart
from read_side.documents.sales import ProductSales
from write_side.cart.events import CartItemQuantityChanged, ItemAddedToCart
from write_side.event_store import PostgresLog
from write_side.order.events import PastOrderRecorded


def added(person: int, line: int) -> Happened:
    return f"cart-{person}", ItemAddedToCart(line_id=line, product_id=1, quantity=1, unit_price=100)


JANUARY = "2011-01-01T00:00:00Z"
POISON: Happened = ("cart-7", CartItemQuantityChanged(line_id=99, quantity=3))


def half_way(cart: Cart, event: ItemAddedToCart, when: Moment) -> None:
    """Changes the document, then fails at line 3."""
    CARTS.folds[ItemAddedToCart](cart, event, when)
    if event.line_id == 3:
        raise ValueError("half-way")


def test_the_document_stays_as_before_the_poison_and_the_others_go_on() -> None:
    projection = Projection([CARTS])
    batch = projection.take(rows([added(7, 1), added(8, 1), POISON, added(7, 2), added(8, 2), added(7, 1)]))
    seven = CARTS.decode(projection.session.documents["carts", "7"])
    eight = CARTS.decode(projection.session.documents["carts", "8"])
    assert (list(seven.lines), seven.position) == ([1], 1)
    assert (list(eight.lines), eight.position) == ([1, 2], 5)
    (parked,) = batch.parked
    assert (parked.model, parked.key, parked.position) == ("carts", "7", 3)
    assert "KeyError" in parked.reason


def test_a_parked_document_stays_parked_in_later_batches() -> None:
    projection = Projection([CARTS])
    projection.take(rows([added(7, 1), POISON]))
    projection.take(rows([added(7, 2), added(8, 1)], first=3))
    assert list(CARTS.decode(projection.session.documents["carts", "7"]).lines) == [1]
    assert len(projection.session.parks) == 1


def test_a_fold_that_fails_half_way_leaves_nothing_of_itself() -> None:
    model = replace(CARTS, folds={**CARTS.folds, ItemAddedToCart: half_way})
    projection = Projection([model])
    projection.take(rows([added(7, 1), added(7, 2), added(7, 3), added(7, 4)]))
    assert list(CARTS.decode(projection.session.documents["carts", "7"]).lines) == [1, 2]


def test_of_several_documents_of_an_event_the_poisoned_one_alone_is_parked() -> None:
    def fails_for_five(product: ProductSales, part: Any, when: Moment) -> None:
        PRODUCT_SALES.folds[PastOrderRecorded](product, part, when)
        if product.product_id == 5:
            raise ValueError("five")

    model = replace(PRODUCT_SALES, folds={**PRODUCT_SALES.folds, PastOrderRecorded: fails_for_five})
    projection = Projection([model])
    batch = projection.take(rows([past_order(1, JANUARY, line(1, 5, 1, 1), line(2, 6, 3, 1))]))
    assert [(parked.key, parked.topic) for parked in batch.parked] == [("5", "order.recorded")]
    assert model.decode(projection.session.documents["product-sales", "6"]).units == 3


def test_an_event_whose_documents_cannot_be_told_parks_its_stream_for_that_model_alone() -> None:
    def untold(stream: str, told: Any, when: Moment) -> Any:
        if stream == "order-1":
            raise ValueError("of no day")
        return SALES.key(stream, told, when)

    projection = Projection([replace(SALES, key=untold), PRODUCT_SALES])
    past = rows([past_order(1, JANUARY, line(1, 5, 1, 1)), past_order(2, JANUARY, line(2, 5, 1, 1)), CANCELLED])
    batch = projection.take(past[:2])
    assert [(parked.model, parked.key, parked.position) for parked in batch.parked] == [("sales", "~order-1", 1)]
    assert projection.take(past[2:]).parked == []
    assert SALES.decode(projection.session.documents["sales", "2011-01/GBP"]).orders == 1
    assert PRODUCT_SALES.decode(projection.session.documents["product-sales", "5"]).orders == 1


def unreadable(log: PostgresLog, stream: str, version: int, topic: str, state: bytes) -> None:
    log.insert_events([StoredEvent(stream, version, topic, state)])


def test_poison_in_redis_is_kept_logged_and_healed_by_a_rebuild(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.past.append(added(7, 1), added(8, 1))
    follower = world.follow("redis")
    world.past.append(POISON, added(7, 2), added(8, 2))
    with caplog.at_level(logging.ERROR):
        while follower.step():
            pass
    assert "ALARM: carts/7 is parked at event 3" in caplog.text
    assert [p.key for p in status(world.events, world.redis).parked] == ["7"]
    # A new runner knows of it.
    follower = world.follow("redis")
    world.past.append(added(7, 3))
    while follower.step():
        pass
    assert list(_cart(world, 7).lines) == [1]
    assert list(_cart(world, 8).lines) == [1, 2]

    def forgiving(cart: Cart, event: CartItemQuantityChanged, when: Moment) -> None:
        if event.line_id in cart.lines:
            CARTS.folds[CartItemQuantityChanged](cart, event, when)

    healed = replace(CARTS, folds={**CARTS.folds, CartItemQuantityChanged: forgiving})
    build(world.events, world.redis, [healed])
    assert list(_cart(world, 7).lines) == [1, 2, 3]
    assert status(world.events, world.redis).parked == []


def test_an_unreadable_event_parks_its_stream(world: World) -> None:
    world.past.append(added(7, 1), added(8, 1))
    unreadable(world.events, "cart-7", 2, ItemAddedToCart.TOPIC, b'{"v":2,"data":{}')
    follower = world.follow("redis")
    parked = {(p.model, p.key, p.position) for p in status(world.events, world.redis).parked}
    readers = [model.name for model in world.redis_models if ItemAddedToCart in model.folds]
    assert parked == {(reader, "~cart-7", 3) for reader in readers}
    world.past._versions["cart-7"] = 2
    world.past.append(added(7, 2), added(8, 2))
    while follower.step():
        pass
    assert list(_cart(world, 7).lines) == [1]
    assert list(_cart(world, 8).lines) == [1, 2]


def test_a_key_database_that_is_away_parks_nothing(world: World) -> None:
    def away(_sealed: object) -> str | None:
        raise psycopg.OperationalError("no key database")

    world.happen(1, 3)
    world.redis.acquire(Role.BUILDER)
    models = redis_models(away)
    new = {model.name: world.redis.begin(model.name) for model in models}
    follower = Follower(world.events, world.redis.session(Role.BUILDER, new), models)
    with pytest.raises(psycopg.OperationalError):
        follower.step()
    follower = Follower(world.events, world.redis.session(Role.BUILDER, new), redis_models(open_sealed))
    assert follower.step() == 3
    assert follower.tally.parked == 0


def test_a_document_that_elasticsearch_refuses_is_parked(world: World) -> None:
    models: list[Model[Any]] = [
        replace(model, encode=lambda product: b'{"find": {"price": "a lot"}}') for model in world.search_models
    ]
    world.happen(2, 40)
    build(world.events, world.elasticsearch, models)
    parked = status(world.events, world.elasticsearch).parked
    assert parked
    assert "document_parsing_exception" in parked[0].reason


def _cart(world: World, person_id: int) -> Cart:
    generation = world.redis.live()["carts"]
    stored = world.redis.client.hget(world.redis.layout.model(generation), person_id)
    return CARTS.decode(stored)
