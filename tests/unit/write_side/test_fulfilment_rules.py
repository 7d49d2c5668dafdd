"""An order's moves: by staff in a surface's words, and by what carriers say. Both verdicts of every rule."""

import itertools
from typing import Any

import pytest
from support.given import World

from write_side.messages import Actor, Event
from write_side.order import decide
from write_side.order.commands import MoveOrder, RecordCarrierNews
from write_side.order.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderReturned,
    OrderShipped,
    OrderTakenInWork,
)
from write_side.order.state import ORDER
from write_side.payment.events import PaymentRequested, PaymentSucceeded, RefundRequested
from write_side.payment.state import PAYMENT
from write_side.policies import ORDER_STATUSES
from write_side.refusals import Forbidden, Invalid
from write_side.stock.events import StockOpened, StockReserved
from write_side.stock.state import STOCK
from write_side.values import Charges, OrderLine

ADMIN = Actor(person_id=2, roles=frozenset({"admin"}))
CARRIER = Actor(service="carrier")
BUYER = Actor(person_id=3)
SELLER = Actor(person_id=8, roles=frozenset({"seller"}))
PLACED = OrderPlaced(
    order_id=5,
    number="ORD-5",
    person_id=3,
    lines=(OrderLine(line_id=71, product_id=1, sku="K", name="Kettle", unit_price=1000, quantity=2, seller_id=8),),
    charges=Charges(subtotal=2000, tax=0, shipping=0, discount=0, total=2000),
    pricing="none",
)
SHIPPED, DELIVERED = OrderShipped(order_id=5, tracking_number="T"), OrderDelivered(order_id=5)
LIVES: dict[str, list[Event]] = {
    "placed": [],
    "paid": [OrderPaid(order_id=5, amount=2000)],
    "in-work": [OrderTakenInWork(order_id=5)],
    "shipped": [OrderTakenInWork(order_id=5), SHIPPED],
    "delivered": [OrderTakenInWork(order_id=5), SHIPPED, DELIVERED],
    "returned": [OrderTakenInWork(order_id=5), SHIPPED, DELIVERED, OrderReturned(order_id=5, restocked=False)],
    "cancelled": [OrderCancelled(order_id=5)],
}
TABLE = ORDER_STATUSES["store"]
ALLOWED = {
    ("pending", "processing"), ("pending", "cancelled"), ("processing", "shipped"), ("processing", "cancelled"),
    ("shipped", "delivered"), ("delivered", "returned"),
}  # fmt: skip


def world(life: str) -> World:
    shop = World()
    shop.has(
        STOCK, 1, StockOpened(product_id=1, sku="K", on_hand=5), StockReserved(product_id=1, order_id=5, quantity=2)
    )
    shop.has(ORDER, 5, PLACED, *LIVES[life])
    if life == "paid":
        asked = PaymentRequested(order_id=5, person_id=3, amount=2000, attempt=1)
        shop.has(PAYMENT, 5, asked, PaymentSucceeded(order_id=5, intent_id="pi", amount=2000))
    return shop


def move(to: str, **fields: Any) -> MoveOrder:
    return MoveOrder.model_validate({"order_id": 5, "status": to, "tracking_number": "T1", **fields})


@pytest.mark.parametrize(("life", "to"), list(itertools.product(LIVES, TABLE.moves)))
def test_the_table_says_what_may_follow_what(life: str, to: str) -> None:
    shop, now = world(life), TABLE.words[life]
    if (now, to) in ALLOWED:
        done = shop.when(move(to), ADMIN)
        assert TABLE.words[done.result["status"]] == to
        return
    with pytest.raises(decide.MoveNotAllowed, match=f"^Cannot change from {now} to {to}$") as refused:
        shop.when(move(to), ADMIN)
    assert refused.value.extra == {"old": now, "new": to}


def test_every_status_has_a_word_and_every_word_its_moves() -> None:
    for table in ORDER_STATUSES.values():
        assert set(table.words) == set(LIVES)
        assert set(table.words.values()) == set(table.moves)
        assert {after for moves in table.moves.values() for after in moves} <= set(table.moves)


def test_a_word_that_the_table_does_not_have() -> None:
    with pytest.raises(Invalid) as refused:
        world("placed").when(move("lost"), ADMIN)
    assert refused.value.extra == {"field": "status"}


@pytest.mark.parametrize("actor", [BUYER, SELLER, Actor(person_id=9)])
def test_the_store_s_moves_are_the_administrators_alone(actor: Actor) -> None:
    with pytest.raises(Forbidden, match="only administrators"):
        world("placed").when(move("processing"), actor)


def test_an_order_that_never_was_moves_nowhere() -> None:
    with pytest.raises(decide.NoSuchOrder):
        World().when(move("processing"), ADMIN)


def test_what_is_shipped_has_a_tracking_number_and_leaves_the_stock() -> None:
    shop = world("paid")
    with pytest.raises(decide.TrackingNumberMissing):
        shop.when(move("shipped", tracking_number=None), ADMIN)
    done = shop.when(move("shipped", carrier="DHL", note="by van"), ADMIN)
    assert done.events[0] == OrderShipped(order_id=5, tracking_number="T1", carrier="DHL", note="by van")
    assert (shop.state(STOCK, 1).on_hand, shop.state(STOCK, 1).reserved) == (3, 0)


def test_a_move_that_is_not_allowed_says_so_before_it_asks_for_a_tracking_number() -> None:
    with pytest.raises(decide.MoveNotAllowed):
        world("placed").when(move("shipped", tracking_number=None), ADMIN)


def test_what_staff_cancels_gives_stock_and_money_back() -> None:
    shop = world("paid")
    done = shop.when(move("cancelled", note="no courier"), ADMIN)
    assert OrderCancelled(order_id=5, reason="no courier") in done.events
    assert RefundRequested(order_id=5, intent_id="pi", amount=2000, number=1) in done.events
    assert shop.state(STOCK, 1).available == 5


@pytest.mark.parametrize(("restock", "left"), [(True, 5), (False, 3)])
def test_a_return_restocks_when_that_is_said(restock: bool, left: int) -> None:
    shop = world("in-work")
    for to in ("shipped", "delivered", "returned"):
        shop.when(move(to, restock=restock), ADMIN)
    assert shop.state(STOCK, 1).available == left


# -- carriers -------------------------------------------------------------------------------------


def news(what: str, event_id: str = "e1") -> RecordCarrierNews:
    fields = {"order_id": 5, "event_id": event_id, "news": what, "tracking_number": "C7", "carrier": "DHL", "note": "n"}
    return RecordCarrierNews.model_validate(fields)


@pytest.mark.parametrize(
    ("life", "what", "steps"),
    [
        ("paid", "shipped", ["order.shipped"]),
        ("in-work", "shipped", ["order.shipped"]),
        ("in-work", "delivered", ["order.shipped", "order.delivered"]),
        ("in-work", "returned", ["order.shipped", "order.delivered", "order.returned"]),
        ("shipped", "shipped", []),
        ("shipped", "delivered", ["order.delivered"]),
        ("delivered", "shipped", []),
        ("delivered", "returned", ["order.returned"]),
        ("returned", "delivered", []),
    ],
)
def test_news_is_fitted_in(life: str, what: str, steps: list[str]) -> None:
    done = world(life).when(news(what), CARRIER)
    assert [event.TOPIC for event in done.events if event.TOPIC.startswith("order.")] == steps
    assert done.result["repeated"] is False


def test_a_note_is_about_the_news_alone() -> None:
    events = world("in-work").when(news("delivered"), CARRIER).events
    assert OrderShipped(order_id=5, tracking_number="C7", carrier="DHL") in events
    assert OrderDelivered(order_id=5, note="n") in events


@pytest.mark.parametrize("life", ["placed", "cancelled"])
def test_a_carrier_moves_nothing_that_nobody_has_to_send(life: str) -> None:
    with pytest.raises(decide.WrongOrderStatus):
        world(life).when(news("shipped"), CARRIER)


def test_an_event_takes_effect_once_for_ever() -> None:
    shop = world("in-work")
    assert shop.when(news("shipped"), CARRIER).events
    again = shop.when(news("delivered", "e1"), CARRIER)
    assert (again.events, again.result) == ([], {"repeated": True})
    assert shop.when(news("delivered", "e2"), CARRIER).events


def test_news_of_an_order_that_is_none() -> None:
    with pytest.raises(decide.NoSuchOrder):
        World().when(news("shipped"), CARRIER)
