"""Who may do what to an order: its buyer, who sells a line of it, administrators, and nobody else."""

import itertools
from typing import Any

import pytest
from support.given import World

from write_side.messages import Actor, Event
from write_side.order.commands import AmendOrder, CancelOrder, HideOrder, MoveOrder, StoreCarrierCode, StoreTracking
from write_side.order.decide import MoveNotAllowed, NoSuchOrder, WrongOrderStatus
from write_side.order.events import (
    OrderCancelled,
    OrderDelivered,
    OrderHidden,
    OrderPaid,
    OrderPlaced,
    OrderReturned,
    OrderShipped,
    OrderTakenInWork,
    TrackingStored,
)
from write_side.order.parties import MoveNotYours, ReasonMissing, SellsNoLine
from write_side.order.state import ORDER
from write_side.payment.events import PaymentRequested, PaymentSucceeded, RefundRequested
from write_side.payment.state import PAYMENT
from write_side.policies import ORDER_STATUSES
from write_side.refusals import Invalid
from write_side.stock.events import StockOpened, StockReserved
from write_side.stock.state import STOCK
from write_side.values import Charges, OrderLine

BUYER = Actor(person_id=3, roles=frozenset({"buyer"}))
FIRST = Actor(person_id=8, roles=frozenset({"seller"}))
SECOND = Actor(person_id=9, roles=frozenset({"buyer", "seller"}))
RETIRED = Actor(person_id=8, roles=frozenset({"buyer"}))  # sold a line, and is no seller any more
RIVAL = Actor(person_id=10, roles=frozenset({"buyer", "seller"}))
ADMIN = Actor(person_id=2, roles=frozenset({"admin"}))
STRANGERS = [RIVAL, RETIRED, Actor(person_id=4, roles=frozenset({"buyer"}))]


def line(number: int, seller_id: int | None) -> OrderLine:
    return OrderLine(
        line_id=70 + number, product_id=number, sku="K", name="K", unit_price=1000, quantity=2, seller_id=seller_id
    )


PLACED = OrderPlaced(
    order_id=5,
    number="ORD-5",
    person_id=3,
    lines=(line(1, 8), line(2, 9)),
    charges=Charges(subtotal=4000, tax=0, shipping=0, discount=0, total=4000),
    pricing="none",
)
SHIPPED, DELIVERED = OrderShipped(order_id=5, tracking_number=""), OrderDelivered(order_id=5)
LIVES: dict[str, list[Event]] = {
    "placed": [],
    "paid": [OrderPaid(order_id=5, amount=4000)],
    "in-work": [OrderTakenInWork(order_id=5)],
    "shipped": [OrderTakenInWork(order_id=5), SHIPPED],
    "delivered": [OrderTakenInWork(order_id=5), SHIPPED, DELIVERED],
    "returned": [OrderTakenInWork(order_id=5), SHIPPED, DELIVERED, OrderReturned(order_id=5, restocked=False)],
    "cancelled": [OrderCancelled(order_id=5)],
}
TABLE = ORDER_STATUSES["marketplace"]
ALLOWED = {
    ("pending", "awaiting_shipment"), ("awaiting_shipment", "shipped"), ("shipped", "delivered"),
    ("pending", "cancelled"), ("awaiting_shipment", "cancelled"),
}  # fmt: skip
BUYER_S = {("pending", "cancelled"), ("shipped", "delivered")}


def world(life: str = "placed", *more: Event) -> World:
    shop = World()
    for product_id in (1, 2):
        reserved = StockReserved(product_id=product_id, order_id=5, quantity=2)
        shop.has(STOCK, product_id, StockOpened(product_id=product_id, sku="K", on_hand=5), reserved)
    shop.has(ORDER, 5, PLACED, *LIVES[life], *more)
    if life == "paid":
        asked = PaymentRequested(order_id=5, person_id=3, amount=4000, attempt=1)
        shop.has(PAYMENT, 5, asked, PaymentSucceeded(order_id=5, intent_id="pi", amount=4000))
    return shop


def move(to: str, **fields: Any) -> MoveOrder:
    return MoveOrder.model_validate({"order_id": 5, "status": to, "table": "marketplace", **fields})


@pytest.mark.parametrize("actor", [FIRST, SECOND, BUYER, ADMIN], ids=["first", "second", "buyer", "admin"])
@pytest.mark.parametrize(("life", "to"), list(itertools.product(LIVES, TABLE.moves)))
def test_the_table_says_what_follows_what_and_who_may_make_it_so(life: str, to: str, actor: Actor) -> None:
    shop, now = world(life), TABLE.words[life]
    if (now, to) not in ALLOWED:
        with pytest.raises(MoveNotAllowed, match=f"^Cannot change from {now} to {to}$"):
            shop.when(move(to), actor)
    elif actor is BUYER and (now, to) not in BUYER_S:
        with pytest.raises(MoveNotYours) as refused:
            shop.when(move(to), actor)
        assert refused.value.extra == {"old": now, "new": to}
    else:
        done = shop.when(move(to), actor)
        assert (TABLE.words[done.result["status"]], done.result["previous_status"]) == (to, life)


@pytest.mark.parametrize("to", TABLE.moves)
@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_s_move_finds_no_order(stranger: Actor, to: str) -> None:
    with pytest.raises(NoSuchOrder):
        world().when(move(to), stranger)


def test_a_word_that_the_table_does_not_have() -> None:
    with pytest.raises(Invalid) as refused:
        world().when(move("processing"), FIRST)
    assert refused.value.extra == {"field": "status"}


@pytest.mark.parametrize("to", ["cancelled", "awaiting_shipment"])
def test_on_the_sellers_side_a_buyer_is_nobody(to: str) -> None:
    with pytest.raises(SellsNoLine):
        world().when(move(to, side="seller"), BUYER)
    with pytest.raises(NoSuchOrder):
        world().when(move(to, side="seller"), RIVAL)
    for actor in (FIRST, ADMIN):
        assert world().when(move(to, side="seller"), actor).events


def test_who_buys_of_themselves_is_both() -> None:
    own = PLACED.__class__(**{**{f: getattr(PLACED, f) for f in PLACED.__struct_fields__}, "person_id": 8})
    shop = World()
    shop.has(ORDER, 5, own)
    assert shop.when(move("awaiting_shipment", side="seller"), FIRST).result["status"] == "in-work"


def test_a_move_is_made_for_all_sellers_and_needs_no_tracking_number() -> None:
    shop = world("in-work")
    done = shop.when(move("shipped"), FIRST)
    assert done.events[0] == OrderShipped(order_id=5, tracking_number="")
    assert [shop.state(STOCK, number).on_hand for number in (1, 2)] == [3, 3]
    assert [shop.state(STOCK, number).reserved for number in (1, 2)] == [0, 0]


def test_the_number_that_is_known_goes_with_the_parcel() -> None:
    stored = TrackingStored(order_id=5, seller_id=8, tracking_number="T-8")
    other = TrackingStored(order_id=5, seller_id=9, tracking_number="T-9")
    assert world("in-work", stored).when(move("shipped"), SECOND).events[0] == OrderShipped(
        order_id=5, tracking_number="T-8"
    )
    for number, known in [(None, ""), ("T-1", "T-1")]:
        done = world("in-work", stored, other).when(move("shipped", tracking_number=number), FIRST)
        assert done.events[0] == OrderShipped(order_id=5, tracking_number=known)


# -- cancelling -----------------------------------------------------------------------------------


def cancel(**fields: Any) -> CancelOrder:
    return CancelOrder.model_validate({"order_id": 5, **fields})


def test_a_seller_cancels_the_whole_order_and_says_why() -> None:
    shop = world("paid")
    with pytest.raises(ReasonMissing) as refused:
        shop.when(cancel(reason="  "), SECOND)
    assert refused.value.extra == {"field": "reason"}
    done = shop.when(cancel(reason="sold out"), SECOND)
    assert OrderCancelled(order_id=5, reason="sold out") in done.events
    assert RefundRequested(order_id=5, intent_id="pi", amount=4000, number=1) in done.events
    assert [shop.state(STOCK, number).available for number in (1, 2)] == [5, 5]
    with pytest.raises(WrongOrderStatus):
        shop.when(cancel(reason="again"), FIRST)
    assert [shop.state(STOCK, number).available for number in (1, 2)] == [5, 5]


@pytest.mark.parametrize("actor", [BUYER, ADMIN])
def test_a_buyer_and_administrators_need_no_reason(actor: Actor) -> None:
    assert world().when(cancel(), actor).result["status"] == "cancelled"


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_else_cancels(stranger: Actor) -> None:
    with pytest.raises(NoSuchOrder):
        world().when(cancel(reason="because"), stranger)


def test_the_sellers_way_of_cancelling_is_not_the_buyer_s() -> None:
    with pytest.raises(SellsNoLine):
        world().when(cancel(reason="because", side="seller"), BUYER)


# -- hidden orders --------------------------------------------------------------------------------

ON_HIDDEN = [
    (move("cancelled"), FIRST),
    (move("cancelled"), ADMIN),
    (cancel(reason="r"), BUYER),
    (AmendOrder(order_id=5, notes="n"), BUYER),
    (HideOrder(order_id=5), ADMIN),
    (StoreTracking(order_id=5, tracking_number="T"), FIRST),
    (StoreCarrierCode(order_id=5, carrier_code="C"), ADMIN),
]


@pytest.mark.parametrize(("command", "actor"), ON_HIDDEN, ids=[type(command).__name__ for command, _ in ON_HIDDEN])
def test_a_hidden_order_is_there_for_nobody(command: Any, actor: Actor) -> None:
    shop = world()
    done = shop.when(HideOrder(order_id=5), ADMIN)
    assert (done.events, done.streams) == ([OrderHidden(order_id=5)], ["order-5"])
    with pytest.raises(NoSuchOrder):
        shop.when(command, actor)


def test_the_product_s_own_parts_still_find_it() -> None:
    """A payment or a parcel on its way does not care who is shown the order."""
    service = Actor(service="worker")
    shop = world("paid", OrderHidden(order_id=5))
    assert shop.when(HideOrder(order_id=5), service).events == []
    assert shop.when(move("awaiting_shipment"), service).result["status"] == "in-work"
