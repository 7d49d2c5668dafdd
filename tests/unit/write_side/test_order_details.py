"""What an order says beside what was bought: placing without a cart, amendments, tracking and carriers' codes."""

from typing import Any

import pytest
from pydantic import ValidationError
from support.given import World
from test_party_rules import ADMIN, BUYER, FIRST, LIVES, RIVAL, SECOND, line, world

from write_side.cart.decide import ProductNotSold
from write_side.cart.events import CartCheckedOut, ItemAddedToCart
from write_side.cart.state import CART
from write_side.catalog.product.events import ProductCreated, ProductDeactivated
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Actor
from write_side.order import details_handlers, parties, placing
from write_side.order.commands import AmendOrder, PlaceOrder, StoreCarrierCode, StoreTracking
from write_side.order.decide import CartIsEmpty, NoSuchOrder, WrongOrderStatus
from write_side.order.events import CarrierCodeStored, OrderAmended, OrderPlaced, TrackingStored
from write_side.order.state import ORDER, Tracking
from write_side.refusals import Invalid, Unauthenticated
from write_side.stock.decide import InsufficientStock
from write_side.stock.events import StockOpened
from write_side.stock.state import STOCK
from write_side.values import Charges, Sealed

# -- placing --------------------------------------------------------------------------------------


def shop(stock: int = 5, price: int = 1999) -> World:
    made = World()
    for number in (1, 2):
        created = ProductCreated(
            product_id=number, name=f"P{number}", slug=f"p-{number}", sku=f"S{number}", selling_price=price,
            low_stock_threshold=0, seller_id=7 + number,
        )  # fmt: skip
        made.has(PRODUCT, number, created)
        made.has(STOCK, number, StockOpened(product_id=number, sku=f"S{number}", on_hand=stock))
    made.has(CART, 3, ItemAddedToCart(line_id=7, product_id=1, quantity=1, unit_price=1999))
    return made


def items(*wanted: tuple[int, int], **fields: Any) -> PlaceOrder:
    return PlaceOrder.model_validate({"items": [{"product_id": p, "quantity": q} for p, q in wanted], **fields})


def test_an_order_of_items_leaves_the_cart_alone() -> None:
    here = shop()
    done = here.when(items((1, 2), (2, 1)), BUYER)
    placed = done.events[0]
    assert isinstance(placed, OrderPlaced)
    assert [(x.product_id, x.quantity, x.unit_price, x.seller_id) for x in placed.lines] == [
        (1, 2, 1999, 8),
        (2, 1, 1999, 9),
    ]
    assert placed.charges == Charges(subtotal=5997, tax=0, shipping=0, discount=0, total=5997)
    assert [here.state(STOCK, n).available for n in (1, 2)] == [3, 4]
    assert len(here.state(CART, 3).lines) == 1
    assert not any(isinstance(event, CartCheckedOut) for event in done.events)


def test_an_order_of_the_cart_empties_it() -> None:
    here = shop()
    here.when(PlaceOrder(), BUYER)
    assert here.state(CART, 3).lines == {}
    with pytest.raises(CartIsEmpty):
        here.when(PlaceOrder(), BUYER)


def test_lines_of_one_product_are_summed_for_its_stock() -> None:
    with pytest.raises(InsufficientStock):
        shop(stock=5).when(items((1, 3), (1, 3)), BUYER)
    here = shop(stock=5)
    assert len(here.when(items((1, 3), (1, 2)), BUYER).result["lines"]) == 2
    assert here.state(STOCK, 1).available == 0


def test_all_lines_or_none() -> None:
    here = shop(stock=5)
    with pytest.raises(InsufficientStock) as short:
        here.when(items((1, 2), (2, 6)), BUYER)
    assert short.value.extra["product_id"] == 2
    assert [here.state(STOCK, n).available for n in (1, 2)] == [5, 5]


def test_what_is_not_sold_is_not_ordered() -> None:
    here = shop()
    with pytest.raises(ProductNotSold):
        here.when(items((1, 1), (77, 1)), BUYER)
    here.has(PRODUCT, 2, ProductDeactivated(product_id=2))
    with pytest.raises(ProductNotSold):
        here.when(items((1, 1), (2, 1)), BUYER)


def test_a_total_that_no_reader_could_hold_is_refused() -> None:
    most, dear = 2_147_483_647, 1_000_000
    with pytest.raises(Invalid, match="out of range"):
        shop(stock=most, price=dear * 100).when(items((1, most)), BUYER)
    assert shop(stock=most, price=100).when(items((1, most)), BUYER).result["total"] == "2147483647.00"


@pytest.mark.parametrize(
    "fields",
    [
        {"items": []},
        {"items": [{"product_id": 1, "quantity": 0}]},
        {"items": [{"product_id": 1, "quantity": 1, "unit_price": "0.01"}]},
        {"items": [{"product_id": 1}] * 501},
        {"notes": "n" * 5001},
        {"shipping_address": {"city": 7}},
        {"shipping_address": {"city": "Ulm"}, "shipping_address_id": 4},
    ],
)
def test_what_no_order_is_made_of(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlaceOrder.model_validate(fields)


# -- what is sealed -------------------------------------------------------------------------------


class Sealing:
    """Order 5 is person 3's."""

    def seal(self, person_id: int, text: str) -> Sealed:
        return Sealed(f"{person_id}:{text}")

    def buyer_of(self, order_id: int) -> int | None:
        return {5: 3}.get(order_id)


def test_an_address_and_notes_are_the_buyer_s_own() -> None:
    command = items((1, 1), shipping_address={"city": "Ulm"}, notes="ring twice")
    sealed = placing._prepare(command, BUYER, Sealing())
    assert (sealed["shipping_address"] or "").startswith('3:{"full_name": "", ') and sealed["notes"] == "3:ring twice"
    placed = shop().when(command, BUYER, sealed).events[0]
    assert isinstance(placed, OrderPlaced)
    assert (placed.shipping_address, placed.notes) == (sealed["shipping_address"], sealed["notes"])
    assert placing._prepare(items((1, 1)), BUYER, Sealing()) == {}
    with pytest.raises(Unauthenticated):
        placing._prepare(command, Actor(), Sealing())


def amend(order_id: int = 5, **fields: Any) -> AmendOrder:
    return AmendOrder.model_validate({"order_id": order_id, **fields})


def test_whoever_amends_it_is_the_buyer_who_can_be_forgotten() -> None:
    prepare = details_handlers._prepare
    assert prepare(amend(notes="n"), ADMIN, Sealing()) == {"notes": "3:n"}
    assert prepare(amend(notes=None, shipping_address=None), BUYER, Sealing()) == {
        "notes": None,
        "shipping_address": None,
    }
    assert prepare(amend(notes=""), BUYER, Sealing()) == {"notes": None}
    assert prepare(amend(), BUYER, Sealing()) == {}
    assert prepare(amend(7, notes="n"), ADMIN, Sealing()) == {}
    with pytest.raises(Unauthenticated):
        prepare(amend(notes="n"), Actor(), Sealing())


# -- amending -------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", [BUYER, ADMIN])
@pytest.mark.parametrize("life", LIVES)
def test_an_order_can_be_amended_until_it_is_in_work(life: str, actor: Actor) -> None:
    here, sealed = world(life), {"notes": Sealed("s")}
    if life in ("placed", "paid"):
        done = here.when(amend(notes="n"), actor, sealed)
        assert (done.events, done.result["status"]) == ([OrderAmended(order_id=5, notes=Sealed("s"))], life)
        assert here.when(amend(), actor, {}).events == []
        return
    with pytest.raises(WrongOrderStatus):
        here.when(amend(notes="n"), actor, sealed)


@pytest.mark.parametrize("actor", [FIRST, RIVAL, Actor()])
def test_nobody_else_amends(actor: Actor) -> None:
    with pytest.raises(NoSuchOrder):
        world().when(amend(notes="n"), actor, {"notes": Sealed("s")})


# -- tracking and codes ---------------------------------------------------------------------------


def track(number: str = "T", **fields: Any) -> StoreTracking:
    return StoreTracking.model_validate({"order_id": 5, "tracking_number": number, **fields})


def code(text: str = "C", **fields: Any) -> StoreCarrierCode:
    return StoreCarrierCode.model_validate({"order_id": 5, "carrier_code": text, **fields})


def test_each_seller_has_one_entry_and_the_last_word_in_it() -> None:
    here = world()
    first = here.when(track("T1", carrier="DHL"), FIRST)
    assert first.events == [TrackingStored(order_id=5, seller_id=8, tracking_number="T1", carrier="DHL")]
    here.when(code("C1"), FIRST)
    here.when(track("T2"), FIRST)
    here.when(track("X"), SECOND)
    assert here.state(ORDER, 5).trackings == {8: Tracking("T2", "DHL", "C1"), 9: Tracking("X")}
    assert here.state(ORDER, 5).status == "placed"
    assert here.when(track("T2"), FIRST).events == here.when(code("C1", carrier="DHL"), FIRST).events == []
    assert here.when(code("C1", carrier=""), FIRST).events[0] == CarrierCodeStored(
        order_id=5, seller_id=8, carrier_code="C1", carrier=""
    )


@pytest.mark.parametrize("life", LIVES)
def test_until_when_it_can_be_said(life: str) -> None:
    if life == "cancelled":
        with pytest.raises(WrongOrderStatus):
            world(life).when(track(), FIRST)
    else:
        assert world(life).when(track(), FIRST).result["status"] == life
    if life in ("placed", "paid", "in-work"):
        assert world(life).when(code(), FIRST).result["carrier_code"] == "C"
    else:
        with pytest.raises(WrongOrderStatus):
            world(life).when(code(), FIRST)


def test_tracking_is_a_seller_s_own_and_a_code_the_administrators_too() -> None:
    for command in (track(), code()):
        with pytest.raises(parties.SellsNoLine):
            world().when(command, BUYER)
        with pytest.raises(NoSuchOrder):
            world().when(command, RIVAL)
    with pytest.raises(parties.SellsNoLine):
        world().when(track(), ADMIN)
    assert [event.seller_id for event in world().when(code(), ADMIN).events] == [8, 9]  # type: ignore[attr-defined]


def test_an_administrator_who_sells_a_line_speaks_for_that_one() -> None:
    here = World()
    mixed = OrderPlaced(
        order_id=5, number="N", person_id=3, lines=(line(1, 2), line(2, 9), line(3, None)), pricing="none",
        charges=Charges(subtotal=0, tax=0, shipping=0, discount=0, total=0),
    )  # fmt: skip
    here.has(ORDER, 5, mixed)
    assert here.when(track(), ADMIN).result["seller_id"] == 2
    assert here.when(code(), ADMIN).result["seller_id"] == 2
    other = Actor(person_id=77, roles=frozenset({"superadmin"}))
    assert [e.seller_id for e in here.when(code(), other).events] == [None, 9]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (StoreTracking, {"tracking_number": " "}),
        (StoreTracking, {"tracking_number": "T" * 101}),
        (StoreTracking, {}),
        (StoreCarrierCode, {"carrier_code": "C" * 51}),
        (StoreCarrierCode, {"carrier_code": ""}),
        (StoreCarrierCode, {"carrier_code": 7}),
    ],
)
def test_numbers_and_codes_are_short_lines(command: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        command.model_validate({"order_id": 5, **fields})
