"""The figures of the shop over HTTP. The product is shared with other tests: what each counts, it makes itself, in a
currency, with products and a customer of its own."""

import random
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.product import Client, unique


def some_currency() -> str:
    """One of 17,576, so that no other test counts in it."""
    return "".join(random.SystemRandom().choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=3))


class Past:
    """A customer and two products whose past is recorded."""

    def __init__(self, admin: Client) -> None:
        self.admin = admin
        self.source, self.currency = unique("till"), some_currency()
        self.reference = unique("customer")
        imported = admin.command("import-customer", source=self.source, reference=self.reference, country="France")
        self.person_id: int = imported["result"]["person_id"]
        self.lamp, self.cup = (admin.product(stock=100, price="2.55") for _ in range(2))

    def order(self, placed_at: str, *lines: dict[str, Any], guest: bool = False, **more: Any) -> int:
        of = {} if guest else {"reference": self.reference}
        done = self.admin.command(
            "record-past-order", source=self.source, number=unique("order"), placed_at=placed_at,
            currency=self.currency, country="France", lines=list(lines), **of, **more,
        )  # fmt: skip
        order_id: int = done["result"]["order_id"]
        return order_id

    def line(self, thing: dict[str, Any], quantity: int, price: str = "2.55") -> dict[str, Any]:
        return {"sku": thing["sku"], "quantity": quantity, "unit_price": price}


@pytest.fixture
def past(admin: Client) -> Past:
    return Past(admin)


def test_sales_by_month_and_day_of_business_time(past: Past, seller: Client) -> None:
    post = {"code": "POST", "name": "Postage", "unit_price": "18.00"}
    past.order("2010-12-01T08:26:00Z", past.line(past.lamp, 6), past.line(past.lamp, 2), charges=[post])
    past.order("2010-12-31T23:59:00Z", past.line(past.cup, 1, "1.00"), guest=True)
    past.order("2011-01-01T00:00:00Z", past.line(past.cup, 1, "1.00"))
    seller.position = past.admin.position
    months = seller.query("sales", by="month", currency=past.currency)
    assert months["total"] == 2
    assert months["items"][0] == {
        "business_period": "2010-12", "currency": past.currency, "orders": 2, "units": 9, "revenue": "21.40",
        "charges": "18.00", "returns": 0, "returned_units": 0, "returned_amount": "0.00", "returned_charges": "0.00",
    }  # fmt: skip
    days = seller.query("sales", currency=past.currency, **{"from": "2010-12-02", "to": "2011-01"})
    assert [(day["business_period"], day["orders"]) for day in days["items"]] == [("2010-12-31", 1), ("2011-01-01", 1)]


def test_an_order_of_this_shop_counts_and_a_cancelled_one_does_not(admin: Client, buyer: Client) -> None:
    made = admin.product(stock=10, price="12.00")

    def sold() -> tuple[int, int, str]:
        sold = admin.query("best-sellers", by="units", size=100)
        for page in range(1, sold["total"] // 100 + 2):
            for row in admin.query("best-sellers", by="units", size=100, page=page)["items"]:
                if row["product_id"] == made["product_id"]:
                    return row["orders"], row["units"], row["amounts"][0]["revenue"]
        return 0, 0, "0.00"

    def buy(quantity: int) -> int:
        buyer.command("add-to-cart", product_id=made["product_id"], quantity=quantity)
        order_id: int = buyer.command("place-order", shipping_address_id=address)["result"]["order_id"]
        admin.position = buyer.position
        return order_id

    address = buyer.address()
    buy(2)
    other = buy(3)
    assert sold() == (2, 5, "60.00")
    buyer.command("cancel-order", order_id=other)
    admin.position = buyer.position
    assert sold() == (1, 2, "24.00")


def test_best_sellers_customers_and_what_comes_back(past: Past, seller: Client) -> None:
    past.order("2010-12-01T08:26:00Z", past.line(past.lamp, 6), past.line(past.cup, 90, "0.10"))
    past.admin.command(
        "return-items", source=past.source, number=unique("C"), returned_at="2010-12-05T10:00:00Z",
        reference=past.reference, currency=past.currency,
        lines=[{"sku": past.lamp["sku"], "quantity": 3, "unit_price": "2.55"}],
    )  # fmt: skip
    seller.position = past.admin.position
    best = seller.query("best-sellers", currency=past.currency)
    assert [row["product_id"] for row in best["items"]] == [past.lamp["product_id"], past.cup["product_id"]]
    lamp = best["items"][0]
    assert (lamp["sku"], lamp["units"], lamp["returned_units"], lamp["return_rate"]) == (past.lamp["sku"], 6, 3, 0.5)
    assert lamp["amounts"] == [{"currency": past.currency, "revenue": "15.30", "returned_amount": "7.65"}]
    assert best["currency"] == past.currency

    customers = seller.query("customers", currency=past.currency)
    (customer,) = customers["items"]
    assert (customer["person_id"], customer["country"]) == (past.person_id, "France")
    assert (customer["orders"], customer["units"], customer["returns"], customer["returned_units"]) == (1, 96, 1, 3)

    rows = seller.query("returns-rate", by="rate", size=100)["items"]
    assert {row["return_rate"] for row in rows if row["product_id"] == past.lamp["product_id"]} == {0.5}
    rates = [row["return_rate"] for row in rows]
    assert rates == sorted(rates, reverse=True)

    (returned,) = seller.query("returns", person=past.person_id)["items"]
    assert returned == seller.query(f"return/{returned['return_id']}")
    assert (returned["returned_at"], returned["total"], returned["person_id"]) == (
        "2010-12-05T10:00:00Z", "7.65", past.person_id,
    )  # fmt: skip
    december = seller.query("sales", by="month", currency=past.currency)["items"][0]
    assert (december["revenue"], december["returned_amount"], december["returns"]) == ("24.30", "7.65", 1)


def test_a_past_order_shows_business_time_apart_from_its_own(past: Past) -> None:
    order_id = past.order("2010-12-01T08:26:00Z", past.line(past.lamp, 6), guest=True)
    order = past.admin.query(f"order/{order_id}")
    assert (order["placed_at"], order["source"], order["status"]) == ("2010-12-01T08:26:00Z", past.source, "delivered")
    assert order["created_at"] > "2026"
    assert (order["person_id"], order["country"], order["paid"]) == (None, "France", "15.30")
    assert past.admin.query(f"account/{past.person_id}")["reference"] == past.reference


def test_movements_of_an_sku_with_the_level_after_each(past: Past, seller: Client) -> None:
    past.order("2010-12-01T08:26:00Z", past.line(past.lamp, 6), past.line(past.lamp, 2))
    order_id = past.order("2011-01-02T09:00:00Z", past.line(past.lamp, 10))
    found = past.admin.query(f"stock-movements/{past.lamp['sku']}")
    assert (found["opened"], found["on_hand"], found["business_month"]) == (100, 82, "2011-01")
    assert [(m["business_month"], m["left"], m["on_hand"]) for m in found["months"]] == [
        ("2010-12", 8, 92), ("2011-01", 10, 82),
    ]  # fmt: skip
    (movement,) = found["items"]
    assert (movement["business_time"], movement["kind"], movement["quantity"], movement["on_hand"]) == (
        "2011-01-02T09:00:00Z", "sale", -10, 82,
    )  # fmt: skip
    assert movement["reference"] == order_id
    earlier = past.admin.query(f"stock-movements/{past.lamp['sku']}", month="2010-12")
    assert [(m["quantity"], m["on_hand"]) for m in earlier["items"]] == [(-8, 92)]
    level = past.admin.query(f"stock/{past.lamp['sku']}")
    assert level["on_hand"] == 82


def test_figures_are_for_sellers_and_administrators(
    past: Past, anyone: Client, admin: Client, seller: Client, buyer: Client
) -> None:
    for path in ("sales", "best-sellers", "returns-rate", "customers", "returns"):
        assert seller.http.get(f"/queries/{path}").status_code == 200
        assert admin.http.get(f"/queries/{path}").status_code == 200
        assert buyer.http.get(f"/queries/{path}").status_code == 403
        assert anyone.http.get(f"/queries/{path}").status_code == 401
    own = seller.product(sku=unique("A/B C"))
    path = f"/queries/stock-movements/{own['sku']}"
    assert seller.http.get(path).status_code == 200
    assert admin.http.get(path).status_code == 200
    assert anyone.newcomer("seller").http.get(path).status_code == 404
    assert buyer.http.get(path).status_code == 403
    assert anyone.http.get(path).status_code == 401
    assert admin.http.get("/queries/stock-movements/no-such-sku").status_code == 404
    assert admin.http.get("/queries/return/1").status_code == 404
    assert buyer.http.get("/queries/return/1").status_code == 403


def test_what_is_no_question(seller: Client) -> None:
    for path in (
        "sales?from=2011-13", "sales?from=٢٠١١-03", "sales?to=2011-03-٠١",
        "sales?to=yesterday", "sales?by=year", "sales?size=1001", "sales?currency=gbp",
        "best-sellers?by=name", "best-sellers?by=units&currency=GBP", "customers?by=orders&currency=GBP",
        "returns-rate?currency=GBP", "stock-movements/x?month=2011", "returns?person=0", "sales?from_=2011-01-01",
    ):  # fmt: skip
        answer = seller.http.get(f"/queries/{path}")
        assert (path, answer.status_code) == (path, 400), answer.text


def test_answers_are_as_documented(past: Past, admin: Client) -> None:
    post = {"code": "POST", "name": "Postage", "unit_price": "18.00"}
    order_id = past.order("2010-12-01T08:26:00Z", past.line(past.lamp, 6), charges=[post])
    done = past.admin.command(
        "return-items", source=past.source, number=unique("C"), returned_at="2010-12-05T10:00:00Z",
        reference=past.reference, currency=past.currency, charges=[{**post, "unit_price": "-18.00"}],
        lines=[{"sku": past.lamp["sku"], "quantity": 1, "unit_price": "2.55"}],
    )  # fmt: skip
    whole = admin.http.get("/openapi.json").json()
    admin.position = past.admin.position
    answers = {
        "/queries/sales": admin.query("sales", by="month"),
        "/queries/best-sellers": admin.query("best-sellers"),
        "/queries/returns-rate": admin.query("returns-rate"),
        "/queries/customers": admin.query("customers", by="orders"),
        "/queries/returns": admin.query("returns"),
        "/queries/return/{return_id}": admin.query(f"return/{done['result']['return_id']}"),
        "/queries/stock-movements/{sku}": admin.query(f"stock-movements/{past.lamp['sku']}"),
        "/queries/order/{order_id}": admin.query(f"order/{order_id}"),
        "/queries/account/{person_id}": admin.query(f"account/{past.person_id}"),
    }
    for path, answer in answers.items():
        operation = whole["paths"][path]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": whole["components"]}).validate(answer)
        assert operation["description"]
