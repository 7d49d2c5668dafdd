"""Every rule of orders, both verdicts."""

import itertools
from collections.abc import Callable

import pytest
from support.given import given

from write_side.cart.decide import ProductNotSold
from write_side.cart.events import ItemAddedToCart
from write_side.cart.state import CART
from write_side.catalog.product.events import ProductCreated, ProductDeactivated, ProductRepriced, VariantAdded
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Actor, Event
from write_side.order import decide, parties
from write_side.order.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderReturned,
    OrderShipped,
    OrderTakenInWork,
)
from write_side.order.state import ORDER, Order
from write_side.values import Charges, OrderLine, Sealed

KETTLE = ProductCreated(
    product_id=1, name="Kettle", slug="kettle", sku="K", selling_price=1999, low_stock_threshold=5, seller_id=8
)
RED = VariantAdded(product_id=1, variant_id=11, name="Red", sku="K-R", price=2499)
IN_CART = ItemAddedToCart(line_id=7, product_id=1, quantity=2, unit_price=1000)
RED_IN_CART = ItemAddedToCart(line_id=8, product_id=1, variant_id=11, quantity=1, unit_price=1000)

PLACED = OrderPlaced(
    order_id=5,
    number="ORD-20260102-ABCDEF",
    person_id=3,
    lines=(OrderLine(line_id=71, product_id=1, sku="K", name="Kettle", unit_price=1999, quantity=2),),
    charges=Charges(subtotal=3998, tax=399, shipping=500, discount=0, total=4897),
    pricing="store",
)
PAID = OrderPaid(order_id=5, amount=4897)
IN_WORK = OrderTakenInWork(order_id=5)
SHIPPED = OrderShipped(order_id=5, tracking_number="T")
DELIVERED = OrderDelivered(order_id=5)
RETURNED = OrderReturned(order_id=5, restocked=True)
CANCELLED = OrderCancelled(order_id=5)

LIVES: dict[str, list[Event]] = {
    "placed": [PLACED],
    "paid": [PLACED, PAID],
    "in-work": [PLACED, PAID, IN_WORK],
    "shipped": [PLACED, PAID, IN_WORK, SHIPPED],
    "delivered": [PLACED, PAID, SHIPPED, DELIVERED],
    "returned": [PLACED, PAID, SHIPPED, DELIVERED, RETURNED],
    "cancelled": [PLACED, PAID, CANCELLED, OrderRefunded(order_id=5, amount=4897)],
}
MOVES: dict[str, tuple[Callable[[Order], list[Event]], set[str], Event]] = {
    "cancel": (
        lambda o: decide.cancel(o, "why"),
        {"placed", "paid", "in-work"},
        OrderCancelled(order_id=5, reason="why"),
    ),
    "start": (lambda o: decide.start(o, "n"), {"placed", "paid"}, OrderTakenInWork(order_id=5, note="n")),
    "ship": (
        lambda o: decide.ship(o, "T1", "DHL", "n"),
        {"paid", "in-work"},
        OrderShipped(order_id=5, tracking_number="T1", carrier="DHL", note="n"),
    ),
    "deliver": (lambda o: decide.deliver(o, "n"), {"shipped"}, OrderDelivered(order_id=5, note="n")),
    "give back": (
        lambda o: decide.give_back(o, True, "n"),
        {"delivered"},
        OrderReturned(order_id=5, restocked=True, note="n"),
    ),
}


def place(*cart: Event, product: tuple[Event, ...] = (KETTLE, RED), pricing: str = "none") -> OrderPlaced:
    return decide.place(
        list(given(CART, *cart).lines.values()),
        {1: given(PRODUCT, *product)},
        order_id=5,
        line_ids=list(range(71, 71 + len(cart))),
        number="ORD-20260102-ABCDEF",
        person_id=3,
        pricing=pricing,
        shipping_address=Sealed("sealed"),
        billing_address=None,
    )


def test_an_order_keeps_names_and_prices_as_they_are_now() -> None:
    repriced = ProductRepriced(product_id=1, selling_price=2100, list_price=None, cost_price=None)
    placed = place(IN_CART, RED_IN_CART, product=(KETTLE, RED, repriced))
    first, second = placed.lines
    assert (first.line_id, first.name, first.sku, first.unit_price, first.quantity) == (71, "Kettle", "K", 2100, 2)
    assert (second.variant_name, second.sku, second.unit_price) == ("Red", "K-R", 2499)
    assert {line.seller_id for line in placed.lines} == {8}
    assert placed.charges.total == 2 * 2100 + 2499
    assert (placed.shipping_address, placed.billing_address, placed.person_id) == ("sealed", None, 3)


def test_the_pricing_policy_is_frozen_into_the_order() -> None:
    charges = place(IN_CART, pricing="store").charges
    assert charges == Charges(subtotal=3998, tax=399, shipping=500, discount=0, total=4897)


def test_an_empty_cart_is_refused() -> None:
    with pytest.raises(decide.CartIsEmpty):
        place()


def test_what_is_no_longer_sold_refuses_the_whole_order() -> None:
    with pytest.raises(ProductNotSold):
        place(IN_CART, product=(KETTLE, RED, ProductDeactivated(product_id=1)))
    with pytest.raises(ProductNotSold):
        place(IN_CART, RED_IN_CART, product=(KETTLE,))


@pytest.mark.parametrize("status", LIVES)
@pytest.mark.parametrize("move", MOVES)
def test_every_move_from_every_status(move: str, status: str) -> None:
    order = given(ORDER, *LIVES[status])
    assert order.status == status
    go, allowed, event = MOVES[move]
    if status in allowed:
        assert go(order) == [event]
    else:
        with pytest.raises(decide.WrongOrderStatus) as wrong:
            go(order)
        assert wrong.value.extra["status"] == status


def test_an_order_is_its_buyer_s_and_the_administrators_alone() -> None:
    order = given(ORDER, PLACED)
    parties.roles_of(order, Actor(person_id=3, roles=frozenset({"buyer"})))
    parties.roles_of(order, Actor(person_id=9, roles=frozenset({"admin"})))
    parties.roles_of(order, Actor(service="worker"))
    for stranger in (Actor(person_id=4, roles=frozenset({"buyer", "seller"})), Actor()):
        with pytest.raises(decide.NoSuchOrder):
            parties.roles_of(order, stranger)


@pytest.mark.parametrize("actor", [Actor(service="worker"), Actor(person_id=0), Actor()])
def test_an_order_that_never_was_is_nobody_s(actor: Actor) -> None:
    with pytest.raises(decide.NoSuchOrder):
        parties.roles_of(ORDER.initial, actor)


def test_order_numbers_of_a_day_differ_and_do_not_tell_how_many_there_are() -> None:
    numbers = [decide.order_number(order_id, "2026-01-02") for order_id in range(1, 20_001)]
    assert len(set(numbers)) == 20_000
    assert all(number.startswith("ORD-20260102-") and len(number) == 19 for number in numbers)
    last = [int(number[-6:], 36) for number in numbers]
    assert all(abs(a - b) > 1000 for a, b in itertools.pairwise(last))
