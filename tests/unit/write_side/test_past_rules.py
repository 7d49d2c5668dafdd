"""Every rule of past business, both verdicts: orders, returns, adjustments and customers as they were."""

from typing import Any

import pytest
from pydantic import ValidationError
from support.given import Happened, World

from write_side.account.authorise import authorise
from write_side.account.commands import ImportCustomer
from write_side.account.decide import NoSuchAccount
from write_side.account.events import AccountImported
from write_side.account.state import ACCOUNT
from write_side.catalog.product.commands import CreateProduct, DeleteProduct
from write_side.fields import business_time
from write_side.messages import IMPORTER, Actor
from write_side.order.commands import CancelOrder, RecordPastOrder, ReturnOrder, ShipOrder, StartOrder
from write_side.order.decide import NoSuchOrder, WrongOrderStatus
from write_side.order.events import ItemsReturned, PastOrderRecorded, ReturnedItems
from write_side.order.past import MoreReturnedThanBought, NoSuchOrderLine
from write_side.order.state import ORDER, Order
from write_side.past import NotInThePast
from write_side.payment.commands import RequestPayment, RequestRefund
from write_side.payment.decide import NothingToRefund, NotPayable
from write_side.refusals import Forbidden, Invalid
from write_side.returns.commands import ReturnItems
from write_side.returns.events import ReturnRecorded
from write_side.stock.commands import RecordPastAdjustment
from write_side.stock.decide import InsufficientStock, NoSuchSku
from write_side.stock.events import PastAdjustmentRecorded, PastReturnRecorded, PastSaleRecorded, StockFellLow
from write_side.stock.state import STOCK, Stock

ADMIN = Actor(service="test")
PLACED = "2010-12-01T08:26:00Z"
LATER = "2010-12-05T10:00:00Z"


class Shop(World):
    """A world with a mug (5 in stock), a jug (50) with a red variant (3), and the customers 17850 and 999."""

    def __init__(self) -> None:
        super().__init__(authorise)
        self.mug = self.make("MUG", "Mug", stock=5)
        self.jug = self.make("JUG", "Jug", stock=50, variants=[{"name": "Red", "sku": "JUG-R", "stock": 3}])
        self.jo, self.al = (
            self.when(ImportCustomer(source="file", reference=number, country="France"), ADMIN).result["person_id"]
            for number in ("17850", "999")
        )

    def make(self, sku: str, name: str, **fields: Any) -> int:
        command = CreateProduct.model_validate({"sku": sku, "name": name, "price": "2.55", **fields})
        made: int = self.when(command, ADMIN).result["product_id"]
        return made

    def order(self, number: str = "536365", lines: Any = (("MUG", 2, "2.55"),), **fields: Any) -> Happened:
        sent = {"source": "file", "number": number, "placed_at": PLACED, "currency": "GBP", "reference": "17850"}
        goods = [{"sku": sku, "quantity": quantity, "unit_price": price} for sku, quantity, price in lines]
        return self.when(RecordPastOrder.model_validate({**sent, "lines": goods, **fields}), ADMIN)

    def give_back(self, number: str = "C1", lines: Any = (("MUG", 1, "2.55", "536365", 1),), **fields: Any) -> Happened:
        sent = {"source": "file", "number": number, "returned_at": LATER, "currency": "GBP", "reference": "17850"}
        names = ("sku", "quantity", "unit_price", "order", "line")
        goods = [dict(zip(names, line, strict=True)) for line in lines]
        return self.when(ReturnItems.model_validate({**sent, "lines": goods, **fields}), ADMIN)

    def adjust(self, **fields: Any) -> Happened:
        sent = {"source": "file", "reference": "536414:623", "sku": "MUG", "by": -2, "adjusted_at": PLACED}
        return self.when(RecordPastAdjustment.model_validate({**sent, **fields}), ADMIN)

    def on_hand(self, key: int) -> int:
        stock: Stock = self.state(STOCK, key)
        return stock.on_hand

    def order_state(self, happened: Happened) -> Order:
        return self.state(ORDER, happened.result["order_id"])


@pytest.fixture
def shop() -> Shop:
    return Shop()


# -- customers ----------------------------------------------------------------------------------------


def test_a_customer_is_a_person_who_exists_and_a_buyer(shop: Shop) -> None:
    account = shop.state(ACCOUNT, shop.jo)
    assert (account.exists, account.active, account.roles, account.email_hash) == (True, True, {"buyer"}, "")


def test_the_same_number_of_the_same_source_is_the_same_person(shop: Shop) -> None:
    again = shop.when(ImportCustomer(source="file", reference="17850", country="Spain"), ADMIN)
    assert (again.events, again.result) == ([], {"person_id": shop.jo})
    other = shop.when(ImportCustomer(source="other", reference="17850"), ADMIN)
    assert other.events == [AccountImported(person_id=other.result["person_id"], source="other", reference="17850")]
    assert other.result["person_id"] != shop.jo


# -- orders -------------------------------------------------------------------------------------------


def test_an_order_is_recorded_as_it_was_and_its_goods_leave(shop: Shop) -> None:
    lines = [("MUG", 2, "2.55"), ("JUG-R", 1, "4.00"), ("MUG", 1, "2.10")]
    charges = [{"code": "POST", "name": "Postage", "unit_price": "3.50"}, {"code": "D", "unit_price": "-1.00"}]
    done = shop.order(lines=lines, charges=charges, country="France")
    recorded, *moves = done.events
    assert isinstance(recorded, PastOrderRecorded)
    assert (recorded.person_id, recorded.placed_at, recorded.country) == (shop.jo, PLACED, "France")
    assert [(line.sku, line.name, line.unit_price, line.quantity, line.variant_name) for line in recorded.lines] == [
        ("MUG", "Mug", 255, 2, None),
        ("JUG-R", "Jug", 400, 1, "Red"),
        ("MUG", "Mug", 210, 1, None),
    ]
    assert [(c.code, c.name, c.total) for c in recorded.charges] == [("POST", "Postage", 350), ("D", "D", -100)]
    assert (recorded.money.subtotal, recorded.money.total, recorded.money.currency) == (1120, 1370, "GBP")
    variant = recorded.lines[1].variant_id
    assert variant is not None
    # One move per SKU, whatever the lines.
    order_id = done.result["order_id"]
    assert sorted(moves, key=lambda move: move.quantity) == [  # type: ignore[attr-defined]
        PastSaleRecorded(product_id=shop.jug, variant_id=variant, order_id=order_id, quantity=1, placed_at=PLACED),
        PastSaleRecorded(product_id=shop.mug, order_id=order_id, quantity=3, placed_at=PLACED),
    ]
    assert (shop.on_hand(shop.mug), shop.on_hand(variant), shop.on_hand(shop.jug)) == (2, 2, 50)
    order = shop.order_state(done)
    assert (order.status, order.paid, order.past, order.person_id) == ("delivered", 1370, True, shop.jo)


def test_the_same_number_again_is_the_same_order(shop: Shop) -> None:
    first = shop.order()
    again = shop.order(lines=[("JUG", 9, "1.00")], reference="999")
    assert (again.events, again.result) == ([], first.result)
    assert shop.order(source="other", reference=None).events


def test_a_guest_and_a_person_of_the_shop(shop: Shop) -> None:
    guest = shop.order(reference=None)
    assert isinstance(guest.events[0], PastOrderRecorded)
    assert (guest.events[0].person_id, shop.order_state(guest).person_id) == (None, 0)
    own = shop.order("2", reference=None, person_id=shop.al)
    assert shop.order_state(own).person_id == shop.al


@pytest.mark.parametrize("who", [{"reference": "no such"}, {"reference": None, "person_id": 1}])
def test_an_order_of_nobody_who_exists_is_refused(shop: Shop, who: dict[str, Any]) -> None:
    with pytest.raises(NoSuchAccount):
        shop.order(**who)


def test_charges_alone_may_be_below_zero(shop: Shop) -> None:
    done = shop.order(lines=[], charges=[{"code": "B", "name": "Adjust bad debt", "unit_price": "-11062.06"}])
    assert (len(done.events), shop.order_state(done).total) == (1, -1_106_206)


def test_what_was_not_there_cannot_have_been_sold(shop: Shop) -> None:
    assert shop.order(lines=[("MUG", 3, "1"), ("MUG", 2, "1")]).events
    with pytest.raises(InsufficientStock) as short:
        shop.order("2", lines=[("JUG", 1, "1"), ("MUG", 1, "1")])
    assert short.value.extra == {"requested": 1, "available": 0, "product_id": shop.mug}
    assert shop.on_hand(shop.jug) == 50


def test_an_sku_of_no_product_is_refused(shop: Shop) -> None:
    shop.when(DeleteProduct(product_id=shop.jug), ADMIN)
    with pytest.raises(NoSuchSku):
        shop.order(lines=[("JUG", 1, "1")])


@pytest.mark.parametrize(("at", "fine"), [("2026-01-02T03:04:05Z", True), ("2026-01-02T03:04:06Z", False)])
def test_past_business_is_not_of_the_future(shop: Shop, at: str, fine: bool) -> None:
    for send in (
        lambda: shop.order(placed_at=at),
        lambda: shop.give_back(lines=[("MUG", 1, "1", None, None)], returned_at=at),
        lambda: shop.adjust(adjusted_at=at),
    ):
        if fine:
            assert send().events
        else:
            with pytest.raises(NotInThePast):
                send()


def test_totals_past_what_readers_can_hold_are_refused(shop: Shop) -> None:
    huge = [{"code": "M", "quantity": 2**31 - 1, "unit_price": "9999999999"}]
    with pytest.raises(Invalid, match="out of range"):
        shop.order(charges=huge)
    with pytest.raises(Invalid, match="out of range"):
        shop.give_back(lines=[], charges=huge)


def test_a_past_order_is_history_but_for_returns(shop: Shop) -> None:
    order_id = shop.order().result["order_id"]
    for move in (
        CancelOrder(order_id=order_id),
        StartOrder(order_id=order_id),
        ShipOrder(order_id=order_id, tracking_number="T"),
        ReturnOrder(order_id=order_id),
    ):
        with pytest.raises(WrongOrderStatus):
            shop.when(move, ADMIN)
    with pytest.raises(NotPayable):
        shop.when(RequestPayment(order_id=order_id), ADMIN)
    with pytest.raises(NothingToRefund):
        shop.when(RequestRefund(order_id=order_id), ADMIN)


# -- returns ------------------------------------------------------------------------------------------


def test_a_return_goes_back_to_its_orders_and_to_the_stock(shop: Shop) -> None:
    order = shop.order(lines=[("MUG", 2, "2.55"), ("MUG", 2, "2.10")])
    first, second = order.result["line_ids"]
    order_id = order.result["order_id"]
    lines = [("MUG", 1, "2.55", "536365", 1), ("MUG", 2, "2.10", "536365", 2), ("JUG", 4, "1.00", None, None)]
    done = shop.give_back(lines=lines, charges=[{"code": "POST", "unit_price": "-3.50"}])
    recorded, returned, *moves = done.events
    assert isinstance(recorded, ReturnRecorded)
    return_id = done.result["return_id"]
    assert [(line.sku, line.quantity, line.order_id, line.order_line_id) for line in recorded.lines] == [
        ("MUG", 1, order_id, first),
        ("MUG", 2, order_id, second),
        ("JUG", 4, None, None),
    ]
    assert (recorded.person_id, recorded.total, recorded.charges[0].total) == (shop.jo, 255 + 420 + 400 + 350, -350)
    items = (ReturnedItems(order_line_id=first, quantity=1), ReturnedItems(order_line_id=second, quantity=2))
    assert returned == ItemsReturned(order_id=order_id, return_id=return_id, returned_at=LATER, lines=items)
    assert moves == [
        PastReturnRecorded(product_id=shop.mug, return_id=return_id, quantity=3, returned_at=LATER),
        PastReturnRecorded(product_id=shop.jug, return_id=return_id, quantity=4, returned_at=LATER),
    ]
    assert (shop.on_hand(shop.mug), shop.on_hand(shop.jug)) == (4, 54)
    assert shop.order_state(order).status == "delivered"


def test_the_same_return_again_is_the_same(shop: Shop) -> None:
    shop.order()
    first = shop.give_back()
    again = shop.give_back()
    assert (again.events, again.result) == ([], first.result)


def test_no_more_comes_back_than_was_bought_and_has_not_come_back_yet(shop: Shop) -> None:
    shop.order()
    shop.give_back()
    with pytest.raises(MoreReturnedThanBought) as more:
        shop.give_back("C2", lines=[("MUG", 1, "2.55", "536365", 1), ("MUG", 1, "2.55", "536365", 1)])
    assert (more.value.extra["requested"], more.value.extra["left"]) == (2, 1)
    assert shop.give_back("C2").events
    with pytest.raises(MoreReturnedThanBought):
        shop.give_back("C3")


@pytest.mark.parametrize(
    ("line", "who", "refusal"),
    [
        (("MUG", 1, "1", "536366", 1), "17850", NoSuchOrder),
        (("MUG", 1, "1", "536365", 1), "999", NoSuchOrder),
        (("MUG", 1, "1", "536365", 1), None, NoSuchOrder),
        (("MUG", 1, "1", "536365", 2), "17850", NoSuchOrderLine),
        (("JUG", 1, "1", "536365", 1), "17850", NoSuchOrderLine),
    ],
)
def test_a_return_names_a_line_of_this_sku_of_this_customers_order(
    shop: Shop, line: Any, who: str | None, refusal: type[Exception]
) -> None:
    shop.order()
    with pytest.raises(refusal):
        shop.give_back(lines=[line], reference=who)


def test_no_such_order_line_says_which(shop: Shop) -> None:
    shop.order()
    with pytest.raises(NoSuchOrderLine) as none:
        shop.give_back(lines=[("JUG", 1, "1", "536365", 1)])
    assert none.value.extra == {"order": "536365", "line": 1, "sku": "JUG"}


def test_goods_come_back_after_they_were_bought(shop: Shop) -> None:
    shop.order()
    assert shop.give_back(returned_at=PLACED).events
    with pytest.raises(Invalid, match="before it was bought"):
        shop.give_back("C2", returned_at="2010-12-01T08:25:59Z")


# -- adjustments --------------------------------------------------------------------------------------


def test_an_adjustment_is_recorded_once(shop: Shop) -> None:
    done = shop.adjust(reason="damaged")
    assert done.events == [
        PastAdjustmentRecorded(
            product_id=shop.mug, source="file", reference="536414:623", by=-2, adjusted_at=PLACED, reason="damaged"
        )
    ]
    again = shop.adjust(by=7)
    assert (again.events, again.result["on_hand"]) == ([], 3)
    assert shop.adjust(reference="536414:624", by=1).result["on_hand"] == 4


def test_an_adjustment_needs_goods_that_are_there(shop: Shop) -> None:
    with pytest.raises(InsufficientStock):
        shop.adjust(by=-6)
    assert shop.adjust(by=-5).result["on_hand"] == 0
    with pytest.raises(NoSuchSku):
        shop.adjust(reference="2", sku="no such")


@pytest.mark.parametrize(("actor", "alerts"), [(ADMIN, 1), (IMPORTER, 0)])
def test_what_is_brought_in_is_no_news(shop: Shop, actor: Actor, alerts: int) -> None:
    made = shop.when(CreateProduct.model_validate({"name": "Bowl", "price": "1", "sku": "BOWL", "stock": 0}), actor)
    assert sum(isinstance(event, StockFellLow) for event in made.events) == alerts
    assert not any(isinstance(event, StockFellLow) for event in shop.order(lines=[("MUG", 5, "1")]).events)


# -- who may, and what can be said --------------------------------------------------------------------


def test_past_business_is_for_administrators(shop: Shop) -> None:
    buyer = Actor(person_id=shop.jo, roles=frozenset({"buyer"}))
    fields = {"source": "file", "number": "1", "currency": "GBP", "charges": [{"code": "M", "unit_price": "1"}]}
    for command in (
        RecordPastOrder.model_validate({**fields, "placed_at": PLACED}),
        ReturnItems.model_validate({**fields, "returned_at": PLACED}),
        RecordPastAdjustment(source="file", reference="1", sku="MUG", by=1, adjusted_at=PLACED),
        ImportCustomer(source="file", reference="1"),
    ):
        with pytest.raises(Forbidden):
            shop.when(command, buyer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": [], "charges": []},
        {"person_id": 5},  # and a reference
        {"source": "a:b"},
        {"number": " "},
        {"currency": "gbp"},
        {"placed_at": "2010-12-01T08:26:00"},
        {"lines": [{"sku": "MUG", "quantity": 0, "unit_price": "1"}]},
        {"lines": [{"sku": "MUG", "quantity": 1, "unit_price": "0.001"}]},
        {"lines": [{"sku": "MUG", "quantity": 1, "unit_price": "-1"}]},
    ],
)
def test_an_order_that_says_too_little_too_much_or_nonsense(shop: Shop, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shop.order(**wrong)


def test_a_return_names_order_and_line_or_neither_and_is_not_empty(shop: Shop) -> None:
    for lines in ([("MUG", 1, "1", "536365", None)], [("MUG", 1, "1", None, 1)], []):
        with pytest.raises(ValidationError):
            shop.give_back(lines=lines)
    with pytest.raises(ValidationError):
        shop.give_back(person_id=5)
    with pytest.raises(ValidationError):
        shop.adjust(by=0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2010-12-01T08:26:00Z", "2010-12-01T08:26:00Z"),
        ("2010-12-01T08:26:00.9+02:00", "2010-12-01T06:26:00Z"),
        ("2010-12-01 08:26+00:00", "2010-12-01T08:26:00Z"),
    ],
)
def test_business_time_is_utc_to_the_second(given: str, kept: str) -> None:
    assert business_time(given) == kept


@pytest.mark.parametrize(
    "given", ["2010-12-01", "2010-12-01T08:26:00", "noon", "", 1291191960, None, "0001-01-01T00:00+14:00", "1" * 99]
)
def test_what_is_no_moment_is_a_value_error(given: object) -> None:
    with pytest.raises(ValueError):
        business_time(given)
