"""Given what was sold and came back, when it is folded, then the shop's figures say so."""

from typing import Any

import msgspec
import pytest
from memory_session import Projection
from shop_past import Happened, at, open_sealed, rows

from projections.models import redis_models
from read_side.documents.movement import BUCKET, Month, Movement, Movements, StockMonths
from read_side.documents.order import Order
from read_side.documents.person import Account
from read_side.documents.product import Product
from read_side.documents.sales import Amounts, CustomerSales, ProductSales, Return, Sales
from write_side.account.events import AccountImported
from write_side.messages import Event
from write_side.order.events import (
    ItemsReturned,
    OrderCancelled,
    OrderPlaced,
    OrderReturned,
    PastOrderRecorded,
    ReturnedItems,
)
from write_side.returns.events import ReturnLine, ReturnRecorded
from write_side.stock.events import (
    PastAdjustmentRecorded,
    PastReturnRecorded,
    PastSaleRecorded,
    StockAdjusted,
    StockOpened,
    StockReleased,
    StockReserved,
    StockReturned,
    StockShipped,
)
from write_side.values import Charges, OrderLine, OtherCharge

KINDS: dict[str, Any] = {
    "sales": Sales,
    "product-sales": ProductSales,
    "customers": CustomerSales,
    "returns": Return,
    "orders": Order,
    "stock-months": StockMonths,
    "stock-movements": Movements,
    "products": Product,
    "accounts": Account,
}


class Folded:
    """All of it in one batch, so that a document's second event must see the first one's work, or cut
    in two."""

    def __init__(self, *happened: Happened, first: int = 1, cut: int | None = None) -> None:
        self.projection = Projection(redis_models(open_sealed))
        past = rows(list(happened), first)
        self.projection.take(past[:cut])
        self.projection.take(past[len(past) if cut is None else cut :])
        assert self.projection.session.parks == []

    def __call__(self, model: str, key: object) -> Any:
        stored = self.projection.session.documents.get((model, str(key)))
        return None if stored is None else msgspec.json.decode(stored, type=KINDS[model])

    def keys(self, model: str) -> set[str]:
        return {key for name, key in self.projection.session.documents if name == model}

    def ranks(self, model: str, name: str) -> dict[str, int]:
        return {key: e[1] for (of, key), e in self.projection.session.entries if (of, e[0]) == (model, name)}


def line(line_id: int, product_id: int, quantity: int, price: int, **more: Any) -> OrderLine:
    return OrderLine(
        line_id=line_id, product_id=product_id, sku=f"S{product_id}", name="N", unit_price=price, quantity=quantity,
        **more,
    )  # fmt: skip


def money(subtotal: int, total: int | None = None, currency: str = "GBP", **more: int) -> Charges:
    parts = {"tax": 0, "shipping": 0, "discount": 0} | more
    return Charges(subtotal=subtotal, total=subtotal if total is None else total, currency=currency, **parts)


def past_order(number: int, placed_at: str, *lines: OrderLine, post: int = 0, **more: Any) -> Happened:
    goods = sum(each.total for each in lines)
    charges = (OtherCharge(code="POST", name="Postage", quantity=1, unit_price=post),) if post else ()
    fields = {"person_id": 7, "money": money(goods, goods + post)} | more
    return f"order-{number}", PastOrderRecorded(
        order_id=number, source="till", number=f"5363{number}", placed_at=placed_at, lines=lines, charges=charges,
        **fields,
    )  # fmt: skip


def placed(number: int, *lines: OrderLine, person_id: int = 7, currency: str = "GBP") -> Happened:
    goods = sum(each.total for each in lines)
    return f"order-{number}", OrderPlaced(
        order_id=number, number=f"ORD-{number}", person_id=person_id, lines=lines, pricing="store",
        charges=money(goods, goods + 15, currency, tax=10, shipping=5),
    )  # fmt: skip


def came_back(number: int, returned_at: str, *lines: ReturnLine, post: int = 0, **more: Any) -> Happened:
    goods = sum(each.total for each in lines)
    charges = (OtherCharge(code="POST", name="Postage", quantity=1, unit_price=-post),) if post else ()
    return f"return-{number}", ReturnRecorded(
        return_id=number, source="till", number=f"C{number}", returned_at=returned_at, currency="GBP", lines=lines,
        charges=charges, total=goods + post, **more,
    )  # fmt: skip


def back(line_id: int, product_id: int, quantity: int, price: int, **more: Any) -> ReturnLine:
    return ReturnLine(
        line_id=line_id, product_id=product_id, sku=f"S{product_id}", name="N", unit_price=price, quantity=quantity,
        **more,
    )  # fmt: skip


TODAY = at(1)[:10]
MIDNIGHT = 86_400  # the position at which the next day begins
CANCELLED: Happened = ("order-1", OrderCancelled(order_id=1))


def test_days_and_months_are_those_of_business_time() -> None:
    folded = Folded(
        past_order(1, "2010-12-01T08:26:00Z", line(1, 5, 6, 255), line(2, 5, 2, 255), line(3, 6, 1, 100), post=1800),
        past_order(2, "2010-12-31T23:59:00Z", line(4, 6, 10, 90)),
        past_order(3, "2011-01-01T00:00:00Z", line(5, 6, 1, 100)),
    )
    december = folded("sales", "2010-12/GBP")
    assert (december.orders, december.units, december.revenue, december.charges) == (2, 19, 3040, 1800)
    assert folded("sales", "2010-12-01/GBP").revenue == 8 * 255 + 100
    assert folded("sales", "2010-12-31/GBP").units == 10
    assert folded("sales", "2011-01/GBP").orders == folded("sales", "2011-01-01/GBP").orders == 1
    assert len(folded.keys("sales")) == 7
    of_source = folded("sales", "2010-12/GBP/till")
    assert (of_source.orders, of_source.revenue, of_source.source) == (2, 3040, "till")
    assert folded.ranks("sales", "source:till") == {"2010-12/GBP/till": 201012, "2011-01/GBP/till": 201101}
    assert folded.ranks("sales", "month") == {"2010-12/GBP": 201012, "2011-01/GBP": 201101}
    assert folded.ranks("sales", "day:GBP")["2010-12-31/GBP"] == 20101231


def test_a_live_order_counts_on_the_day_of_its_event() -> None:
    folded = Folded(placed(1, line(1, 5, 2, 1000)))
    today = folded("sales", f"{TODAY}/GBP")
    assert (today.orders, today.units, today.revenue, today.charges) == (1, 2, 2000, 15)
    assert folded("customers", 7).amounts == {"GBP": Amounts(2000, 0)}


@pytest.mark.parametrize("cut", [3, 2])
def test_cancelling_takes_back_from_the_day_of_the_order(cut: int) -> None:
    """Also in a batch of its own: what was ordered is known from the order's first event."""
    happened = [placed(1, line(1, 5, 2, 1000)), placed(2, line(2, 5, 1, 1000), line(3, 6, 1, 1)), CANCELLED]
    folded = Folded(*happened, first=MIDNIGHT - 2, cut=cut)
    assert folded.keys("sales") == {f"{TODAY}/GBP", f"{TODAY[:7]}/GBP"}
    today = folded("sales", f"{TODAY}/GBP")
    assert (today.orders, today.units, today.revenue, today.charges) == (1, 2, 1001, 15)
    product = folded("product-sales", 5)
    assert (product.orders, product.units, product.amounts) == (1, 1, {"GBP": Amounts(1000, 0)})
    assert folded("customers", 7).orders == 1


def test_an_order_cancelled_in_the_batch_in_which_it_was_placed_counts_nowhere() -> None:
    folded = Folded(placed(1, line(1, 5, 2, 1000)), CANCELLED)
    assert folded("sales", f"{TODAY}/GBP") == Sales(period=TODAY, currency="GBP", position=2)
    assert folded.ranks("product-sales", "units") == folded.ranks("customers", "orders") == {}


def test_what_comes_back_counts_on_the_day_it_came() -> None:
    folded = Folded(
        past_order(1, "2010-12-01T08:26:00Z", line(1, 5, 6, 255)),
        came_back(9, "2011-02-03T10:00:00Z", back(2, 5, 2, 255), back(3, 6, 1, 100), post=300, person_id=7),
        placed(4, line(4, 5, 2, 1000)),
        ("order-4", OrderReturned(order_id=4, restocked=False)),
    )
    december, february = folded("sales", "2010-12/GBP"), folded("sales", "2011-02/GBP")
    assert (december.revenue, december.returned_units) == (6 * 255, 0)
    assert (february.orders, february.returns, february.returned_units) == (0, 1, 3)
    assert (february.returned_amount, february.returned_charges) == (610, 300)
    today = folded("sales", f"{TODAY}/GBP")
    assert (today.revenue, today.charges, today.returns, today.returned_amount) == (2000, 15, 1, 2000)
    five, six = folded("product-sales", 5), folded("product-sales", 6)
    assert (five.units, five.returned_units, five.returns, five.return_rate) == (8, 4, 2, 0.5)
    assert (six.units, six.returned_units, six.return_rate) == (0, 1, None)
    customer = folded("customers", 7)
    assert (customer.orders, customer.returns, customer.returned_units) == (2, 2, 5)
    assert customer.amounts == {"GBP": Amounts(3530, 2610)}


def test_currencies_are_never_added_up() -> None:
    folded = Folded(placed(1, line(1, 5, 1, 100)), placed(2, line(2, 5, 1, 300), currency="USD"))
    assert folded("sales", f"{TODAY}/GBP").revenue == 100
    assert folded("sales", f"{TODAY}/USD").revenue == 300
    assert folded("product-sales", 5).amounts == {"GBP": Amounts(100), "USD": Amounts(300)}
    assert folded.ranks("product-sales", "revenue:USD") == {"5": 300}
    assert folded.ranks("product-sales", "units") == {"5": 2}
    assert set(folded.ranks("sales", "day")) == {f"{TODAY}/GBP", f"{TODAY}/USD"}


def test_lines_of_one_product_are_one_order_of_it_and_its_variants_count() -> None:
    folded = Folded(past_order(1, "2011-01-01T00:00:00Z", line(1, 5, 1, 10), line(2, 5, 2, 20, variant_id=8)))
    product = folded("product-sales", 5)
    assert (product.orders, product.units, product.amounts) == (1, 3, {"GBP": Amounts(50)})


def test_an_order_of_charges_alone_is_an_order() -> None:
    folded = Folded(past_order(1, "2011-01-01T00:00:00Z", post=-1106200))
    assert folded("sales", "2011-01/GBP") == Sales(
        period="2011-01", currency="GBP", position=1, orders=1, charges=-1106200
    )
    assert folded.keys("product-sales") == set()


def test_a_guest_is_nobodys_customer() -> None:
    folded = Folded(past_order(1, "2011-01-01T00:00:00Z", line(1, 5, 1, 10), person_id=None))
    assert folded.keys("customers") == set()
    assert folded("orders", 1).person_id == 0
    assert {e[1][0] for e in folded.projection.session.entries if e[0][0] == "orders"} == {"all", "status:delivered"}


def test_best_sellers_and_rates_are_lists_in_order() -> None:
    folded = Folded(
        past_order(1, "2011-01-01T00:00:00Z", line(1, 5, 100, 1), line(2, 6, 3, 900)),
        came_back(9, "2011-01-02T00:00:00Z", back(3, 6, 1, 900), back(4, 7, 1, 1)),
    )
    assert folded.ranks("product-sales", "units") == {"5": 100, "6": 3}
    assert folded.ranks("product-sales", "revenue:GBP") == {"5": 100, "6": 2700}
    assert folded.ranks("product-sales", "return-rate") == {"6": 333_333}
    assert folded.ranks("product-sales", "returned-units") == {"6": 1, "7": 1}


def test_a_past_order_is_delivered_and_keeps_both_times() -> None:
    folded = Folded(
        past_order(1, "2010-12-01T08:26:00Z", line(1, 5, 6, 255), line(2, 6, 1, 100), post=1800, country="France"),
        ("order-1", ItemsReturned(
            order_id=1, return_id=9, returned_at="2010-12-05T00:00:00Z",
            lines=(ReturnedItems(order_line_id=1, quantity=2),),
        )),
        ("order-1", ItemsReturned(
            order_id=1, return_id=10, returned_at="2010-12-06T00:00:00Z",
            lines=(ReturnedItems(order_line_id=1, quantity=1),),
        )),
    )  # fmt: skip
    order = folded("orders", 1)
    assert (order.status, order.placed_at, order.created_at) == ("delivered", "2010-12-01T08:26:00Z", at(1))
    assert (order.source, order.number, order.country) == ("till", "53631", "France")
    assert (order.charges.subtotal, order.charges.total, order.paid) == (1630, 3430, 3430)
    assert [charge.total for charge in order.other_charges] == [1800]
    assert [each.returned for each in order.lines] == [3, 0]
    assert [change.at for change in order.history] == ["2010-12-01T08:26:00Z"] * 2


def test_a_return_knows_what_it_belongs_to() -> None:
    folded = Folded(
        came_back(
            9, "2011-01-02T00:00:00Z", back(3, 6, 1, 900, order_id=1, order_line_id=2), back(4, 7, 2, 5),
            post=100, person_id=7,
        )
    )  # fmt: skip
    found = folded("returns", 9)
    assert (found.number, found.returned_at, found.recorded_at, found.total) == (
        "C9", "2011-01-02T00:00:00Z", at(1), 1010,
    )  # fmt: skip
    assert [(each.order_id, each.order_line_id, each.total) for each in found.lines] == [(1, 2, 900), (None, None, 10)]
    assert folded.ranks("returns", "all") == folded.ranks("returns", "person:7") == {"9": 1}


def test_an_imported_customer_has_a_reference_and_no_address() -> None:
    imported = AccountImported(person_id=7, source="till", reference="17850", country="United Kingdom")
    account = Folded(("account-7", imported))("accounts", 7)
    assert (account.source, account.reference, account.country) == ("till", "17850", "United Kingdom")
    assert (account.email, account.roles, account.active) == ("", ["buyer"], True)


# -- stock ----------------------------------------------------------------------------------------


def sold(quantity: int, placed_at: str, order_id: int = 1) -> Happened:
    return "stock-5", PastSaleRecorded(product_id=5, order_id=order_id, quantity=quantity, placed_at=placed_at)


OPENED: Happened = ("stock-5", StockOpened(product_id=5, sku="S5", on_hand=100))


def test_stock_moves_in_business_time_and_past_sales_leave_the_product() -> None:
    folded = Folded(
        OPENED,
        sold(6, "2010-12-01T08:26:00Z"),
        sold(4, "2011-01-02T09:00:00Z", 2),
        ("stock-5", PastReturnRecorded(product_id=5, return_id=9, quantity=2, returned_at="2011-01-03T09:00:00Z")),
        ("stock-5", PastAdjustmentRecorded(
            product_id=5, source="till", reference="1:2", by=-7, adjusted_at="2011-01-04T09:00:00Z", reason="broken",
        )),
    )  # fmt: skip
    stock = folded("stock-months", 5)
    assert (stock.sku, stock.opened, stock.opened_at, stock.on_hand) == ("S5", 100, at(1), 85)
    assert stock.months == {"2010-12": Month(1, 0, 6, [0]), "2011-01": Month(3, 2, 11, [0])}
    assert folded("stock-movements", "5/2011-01/0").movements == [
        Movement(3, "2011-01-02T09:00:00Z", "sale", -4, 2),
        Movement(4, "2011-01-03T09:00:00Z", "return", 2, 9),
        Movement(5, "2011-01-04T09:00:00Z", "adjustment", -7, None, "broken"),
    ]
    product = folded("products", 5)
    assert (product.on_hand, product.reserved) == (85, 0)


def test_live_stock_moves_when_goods_do_and_not_when_they_are_reserved() -> None:
    def of(kind: type[Event], **more: Any) -> Happened:
        return "stock-8", kind(product_id=5, variant_id=8, **more)

    folded = Folded(
        of(StockOpened, sku="S5-XL", on_hand=10),
        of(StockReserved, order_id=1, quantity=3),
        of(StockReserved, order_id=2, quantity=1),
        of(StockReleased, order_id=2, quantity=1),
        of(StockShipped, order_id=1, quantity=3),
        of(StockReturned, order_id=1, quantity=1),
        of(StockAdjusted, by=-2, reason="count"),
    )
    assert folded("stock-months", 8).on_hand == 6
    moved = folded("stock-movements", f"8/{TODAY[:7]}/0").movements
    assert [(m.kind, m.quantity, m.reference, m.note, m.at) for m in moved] == [
        ("sale", -3, 1, "", at(5)), ("return", 1, 1, "", at(6)), ("adjustment", -2, None, "count", at(7)),
    ]  # fmt: skip


@pytest.mark.parametrize("first", [1, BUCKET - 2])
def test_movements_of_a_month_lie_in_documents_of_bounded_size(first: int) -> None:
    folded = Folded(*[sold(1, "2011-01-02T09:00:00Z")] * 4, first=first)
    buckets = sorted({position // BUCKET for position in range(first, first + 4)})
    assert folded("stock-months", 5).months["2011-01"] == Month(4, 0, 4, buckets)
    kept = [folded("stock-movements", f"5/2011-01/{bucket}").movements for bucket in buckets]
    assert [m.position for each in kept for m in each] == list(range(first, first + 4))
