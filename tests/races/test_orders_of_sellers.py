"""One order, several who move it: its buyer and the sellers of its lines, each in a process of their own."""

from collections import Counter
from typing import Any

import pytest
from support.databases import Databases
from support.rival_process import Crew
from support.rivals import await_appends_waiting, log_held
from support.shop import Person, Shop

from write_side.cart.commands import AddToCart, ChangeCartItem
from write_side.codecs import decode
from write_side.messages import Command
from write_side.order.commands import AmendOrder, CancelOrder, MoveOrder, PlaceOrder
from write_side.order.state import ORDER
from write_side.stock.state import STOCK
from write_side.work import Aggregate

pytestmark = pytest.mark.xdist_group("races")  # the processes are started once


def state(shop: Shop, aggregate: Aggregate[Any], key: int) -> Any:
    """As the log has it, past every cache."""
    now = aggregate.initial
    for stored in shop.write_side.log.select_events(aggregate.stream(key)):
        now = aggregate.evolve(now, decode(stored.topic, stored.state)[0])
    return now


def rivals(shop: Shop, crew: Crew, databases: Databases, here: tuple[Command, Person], there: Any) -> list[Any]:
    """Both have decided on the same order and wait to append: the second one decides again."""
    command, person = there
    with log_held(databases):
        first = shop.write_side.bus.submit(here[0], here[1].actor)
        second = crew.start([(command, person.actor)])
        await_appends_waiting(databases, 2)
    error = first.exception(30)
    return ["done" if error is None else getattr(error, "type", ""), *second.result(30)]


def two_sellers(shop: Shop, stock: int = 5) -> tuple[list[Person], list[Any], Person, int]:
    """Sellers, a product of each, and somebody who ordered two of both."""
    sellers = [shop.person("seller"), shop.person("seller")]
    goods = [shop.product(stock=stock, by=seller) for seller in sellers]
    buyer = shop.person()
    items = [{"product_id": each.product_id, "quantity": 2} for each in goods]
    return sellers, goods, buyer, shop.place(buyer, items=items)


def test_two_sellers_cancel_at_once_and_the_stock_comes_back_once(shop: Shop, crew: Crew, databases: Databases) -> None:
    (one, two), goods, _, order_id = two_sellers(shop)
    cancel = CancelOrder(order_id=order_id, reason="sold out", side="seller")
    outcomes = rivals(shop, crew, databases, (cancel, one), (cancel, two))
    assert sorted(o if isinstance(o, str) else "done" for o in outcomes) == ["done", "wrong-order-status"]
    assert [state(shop, STOCK, each.product_id).available for each in goods] == [5, 5]
    rows, _ = shop.write_side.log.read(0, 100_000, ["order.cancelled", "stock.released"])
    assert Counter(row[3] for row in rows) == {"order.cancelled": 1, "stock.released": 2}


def test_an_order_is_amended_or_moved_first_and_never_amended_afterwards(
    shop: Shop, crew: Crew, databases: Databases
) -> None:
    (one, _), _, buyer, order_id = two_sellers(shop)
    amend = AmendOrder(order_id=order_id, notes="to the neighbour")
    start = MoveOrder(order_id=order_id, status="awaiting_shipment", table="marketplace")
    amended, moved = rivals(shop, crew, databases, (amend, buyer), (start, one))
    assert amended in ("done", "wrong-order-status")
    assert isinstance(moved, dict), moved
    topics = [stored.topic for stored in shop.write_side.log.select_events(ORDER.stream(order_id))]
    expected = ["order.placed", "order.amended", "order.taken-in-work"]
    assert topics == (expected if amended == "done" else [expected[0], expected[2]])


def test_two_buyers_of_the_last_unit(shop: Shop, crew: Crew, databases: Databases) -> None:
    goods = shop.product(stock=1, by=shop.person("seller"))
    one, two = shop.person(), shop.person()
    place = PlaceOrder.model_validate({"items": [{"product_id": goods.product_id, "quantity": 1}]})
    outcomes = rivals(shop, crew, databases, (place, one), (place, two))
    assert sorted(o if isinstance(o, str) else "done" for o in outcomes) == ["done", "insufficient-stock"]
    assert state(shop, STOCK, goods.product_id).available == 0


def test_all_who_may_move_an_order_move_it_once(shop: Shop, crew: Crew) -> None:
    (one, two), goods, buyer, order_id = two_sellers(shop)

    def move(to: str) -> MoveOrder:
        return MoveOrder(order_id=order_id, status=to, table="marketplace")

    people = [one, two, buyer]
    for to, refusals in [("awaiting_shipment", 19), ("shipped", 19)]:
        outcomes = crew.together([(move(to), people[i % 2].actor) for i in range(20)])
        assert outcomes.count("move-not-allowed") == refusals
    outcomes = crew.together([(move("delivered"), people[i % 3].actor) for i in range(21)])
    assert outcomes.count("move-not-allowed") == 20
    assert [state(shop, STOCK, each.product_id).on_hand for each in goods] == [3, 3]


def test_additions_to_one_cart_are_neither_lost_nor_more_than_there_is(shop: Shop, crew: Crew) -> None:
    """Nobody's stock is reserved by a cart, and no line is longer than the stock all the same."""
    goods, buyer = shop.product(stock=25), shop.person()
    add = AddToCart(product_id=goods.product_id)
    outcomes = crew.together([(add, buyer.actor)] * 40)
    added = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert (len(added), outcomes.count("insufficient-stock")) == (25, 15)
    assert [outcome["created"] for outcome in added].count(True) == 1
    assert shop.in_cart(buyer) == 25
    change = ChangeCartItem(line_id=added[0]["line_id"], quantity=26)
    assert crew.together([(change, buyer.actor)] * 4) == ["insufficient-stock"] * 4
