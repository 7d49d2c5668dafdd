"""Checkout, and what becomes of orders."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from support.product import Client
from support.shopper import ADDRESS, Shopper, refused

from write_side.identifiers import parse_id

SHOWN = ("full_name", "street_address", "city", "state", "country", "zip_code")


def available(passer_by: Shopper, product: dict[str, Any]) -> int:
    return int(passer_by.get(f"/products/{product['slug']}/").json()["quantity"])


def test_an_order_is_answered_whole(passer_by: Shopper, shopper: Shopper, goods: Client) -> None:
    laptop = goods.product(name="Laptop", price="2499.99", stock=5)
    shopper.add(laptop)
    body = {
        "shipping_address_id": shopper.address(),
        "billing_address_id": shopper.address(address_type="billing", full_name="Bill Ing"),
    }
    answer = shopper.post("/orders/", body)
    assert answer.status_code == 201
    order = answer.json()
    now = datetime.now(UTC)
    assert order.pop("created_at").startswith(now.strftime("%Y-%m-%d"))
    assert re.fullmatch(rf"ORD-{now:%Y%m%d}-[A-Z0-9]{{6}}", order.pop("order_number"))
    line = order.pop("items")[0]
    assert uuid.UUID(line.pop("id"))
    assert line == {
        "product_name": "Laptop",
        "product_sku": laptop["sku"],
        "price": "2499.99",
        "quantity": 1,
        "subtotal": "2499.99",
    }
    there = {name: ADDRESS[name] for name in SHOWN}
    assert uuid.UUID(order.pop("id"))
    assert order == {
        "status": "pending",
        "subtotal": "2499.99",
        "tax": "249.99",
        "shipping_cost": "5.00",
        "discount": "0.00",
        "total_amount": "2754.98",
        "shipping_address": there,
        "billing_address": there | {"full_name": "Bill Ing"},
    }
    assert shopper.get("/cart/").json()["items"] == []
    assert available(passer_by, laptop) == 4


def test_an_orders_page(shopper: Shopper, goods: Client) -> None:
    made = goods.product(price="10.00", variants=[{"name": "Red", "stock": 3}])
    shopper.add(made, 2)
    shopper.add(made, 1, made["variants"][0]["variant_id"])
    placed = shopper.check_out().json()
    page = shopper.get(f"/orders/{placed['id']}/")
    assert page.status_code == 200
    order = page.json()
    assert order.pop("status_history") == [
        {"status": "pending", "note": "Order created", "created_at": placed["created_at"]}
    ]
    assert [item.pop("variant_name") for item in order["items"]] == [None, "Red"]
    assert [order.pop(name) for name in ("tracking_number", "shipped_at", "delivered_at")] == [None] * 3
    assert order == placed
    assert order["total_amount"] == "38.00"


def test_an_order_is_a_snapshot(shopper: Shopper, goods: Client) -> None:
    made = goods.product(name="Old name", price="10.00")
    order = shopper.order(made)
    goods.command("update-product", product_id=made["product_id"], name="New name", price="99.00")
    shown = shopper.get(f"/orders/{order['id']}/").json()
    assert (shown["items"][0]["product_name"], shown["total_amount"]) == ("Old name", "16.00")


def test_checkout_charges_todays_price(shopper: Shopper, goods: Client) -> None:
    made = goods.product(price="10.00")
    shopper.add(made)
    goods.command("update-product", product_id=made["product_id"], price="20.00")
    assert shopper.check_out().json()["subtotal"] == "20.00"


def test_checkout_is_all_or_nothing(passer_by: Shopper, shopper: Shopper, goods: Client) -> None:
    enough, scarce = goods.product(stock=5), goods.product(stock=2)
    shopper.add(enough, 2)
    shopper.add(scarce, 2)
    passer_by.newcomer().order(scarce)
    details = refused(shopper.check_out(), 400, "stock_unavailable", "Insufficient stock")
    assert details == {"requested": 2, "available": 1}
    assert available(passer_by, enough) == 5
    assert shopper.get("/orders/").json()["count"] == 0
    assert shopper.get("/cart/").json()["total_items"] == 4


def test_an_empty_cart_is_no_order(shopper: Shopper) -> None:
    refused(shopper.check_out(), 400, "cart_empty")


@pytest.mark.parametrize("field", ["shipping_address_id", "billing_address_id"])
def test_an_address_must_be_the_callers_own(passer_by: Shopper, shopper: Shopper, goods: Client, field: str) -> None:
    shopper.add(goods.product())
    mine = shopper.address()
    body = {"shipping_address_id": mine, "billing_address_id": mine}
    for wrong in (passer_by.newcomer().address(), str(uuid.uuid4()), "x", None):
        details = refused(shopper.post("/orders/", body | {field: wrong}), 400, "validation_error")
        assert list(details) == [field]
    del body[field]
    assert list(refused(shopper.post("/orders/", body), 400, "validation_error")) == [field]
    assert shopper.get("/orders/").json()["count"] == 0


def test_a_product_that_is_no_longer_sold_stops_the_checkout(shopper: Shopper, goods: Client) -> None:
    made = goods.product()
    shopper.add(made)
    goods.command("update-product", product_id=made["product_id"], active=False)
    refused(shopper.check_out(), 400, "product_unavailable")


def test_simultaneous_checkouts_sell_what_there_is(passer_by: Shopper, goods: Client) -> None:
    made = goods.product(stock=3)
    people = [passer_by.newcomer() for _ in range(8)]
    bodies = []
    for person in people:
        person.add(made)
        here = person.address()
        bodies.append({"shipping_address_id": here, "billing_address_id": here})
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda p, b: p.post("/orders/", b).status_code, people, bodies))
    assert sorted(answers) == [201] * 3 + [400] * 5
    assert available(passer_by, made) == 0


def test_one_cart_gives_one_order(shopper: Shopper, goods: Client) -> None:
    shopper.add(goods.product())
    here = shopper.address()
    body = {"shipping_address_id": here, "billing_address_id": here}
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: shopper.post("/orders/", body).status_code, range(6)))
    assert sorted(answers) == [201] + [400] * 5
    assert shopper.get("/orders/").json()["count"] == 1


def test_orders_are_listed_newest_first(shopper: Shopper, goods: Client) -> None:
    made = goods.product(price="10.00", stock=9)
    placed = [shopper.order(made, 2) for _ in range(3)]
    first = shopper.get("/orders/", params={"page_size": 2}).json()
    assert (first["count"], first["previous"]) == (3, None)
    entry = first["results"][0]
    assert set(entry) == {
        "id", "order_number", "status", "total_amount", "item_count", "created_at", "updated_at"
    }  # fmt: skip
    assert (entry["total_amount"], entry["item_count"], entry["status"]) == ("27.00", 2, "pending")
    second = shopper.http.get(first["next"]).json()
    ids = [order["id"] for page in (first, second) for order in page["results"]]
    assert ids == [order["id"] for order in placed[::-1]]
    oldest = shopper.get("/orders/", params={"ordering": "created_at"}).json()["results"]
    assert [order["id"] for order in oldest] == [order["id"] for order in placed]
    refused(shopper.get("/orders/", params={"page": 2}), 404, "not_found")
    assert list(refused(shopper.get("/orders/", params={"ordering": "x"}), 400, "validation_error")) == ["ordering"]


def test_one_line_of_an_order(shopper: Shopper, goods: Client) -> None:
    order = shopper.order(goods.product(name="Cup", price="3.00"), 2)
    line = shopper.get(f"/orders/{order['id']}/").json()["items"][0]
    assert shopper.get(f"/orders/{order['id']}/items/{line['id']}/").json() == line
    for unknown in (order["id"], str(uuid.uuid4()), "x"):
        refused(shopper.get(f"/orders/{order['id']}/items/{unknown}/"), 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_order_is_its_buyers_alone(
    passer_by: Shopper, shopper: Shopper, goods: Client, admin: Client, method: str
) -> None:
    order = shopper.order(goods.product())
    path = f"/orders/{order['id']}/" + ("cancel/" if method == "POST" else "")
    other = passer_by.newcomer()
    refused(other.http.request(method, path), 404, "not_found", "Order not found")
    refused(admin.http.request(method, f"/api/v1{path}"), 404, "not_found", "Order not found")
    for unknown in (str(uuid.uuid4()), "x", "1"):
        refused(other.http.request(method, path.replace(order["id"], unknown)), 404, "not_found")
    assert shopper.get(f"/orders/{order['id']}/").json()["status"] == "pending"


def test_a_cancelled_order_gives_its_stock_back_once(passer_by: Shopper, shopper: Shopper, goods: Client) -> None:
    made = goods.product(stock=5)
    order = shopper.order(made, 3)
    assert available(passer_by, made) == 2
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: shopper.post(f"/orders/{order['id']}/cancel/"), range(6)))
    good = [answer.json() for answer in answers if answer.status_code == 200]
    assert good == [
        {
            "message": "Order cancelled successfully",
            "order": {"id": order["id"], "status": "cancelled", "created_at": order["created_at"]},
        }
    ]
    for answer in answers:
        if answer.status_code != 200:
            refused(answer, 400, "invalid_status", "Cannot cancel order in cancelled status")
    assert available(passer_by, made) == 5
    history = shopper.get(f"/orders/{order['id']}/").json()["status_history"]
    assert [change["status"] for change in history] == ["pending", "cancelled"]


@pytest.mark.parametrize("status", ["processing", "shipped", "delivered", "returned"])
def test_what_may_be_cancelled(shopper: Shopper, goods: Client, admin: Client, status: str) -> None:
    order = shopper.order(goods.product())
    order_id = parse_id(order["id"])
    moves = {
        "processing": ("start-order", {}),
        "shipped": ("ship-order", {"tracking_number": "T-1"}),
        "delivered": ("deliver-order", {}),
        "returned": ("return-order", {}),
    }
    for move, (name, fields) in moves.items():
        admin.command(name, order_id=order_id, **fields)
        if move == status:
            break
    shown = shopper.get(f"/orders/{order['id']}/").json()
    reached = list(moves)[: list(moves).index(status) + 1]
    assert [change["status"] for change in shown["status_history"]] == ["pending", *reached]
    assert shown["status"] == status
    answer = shopper.post(f"/orders/{order['id']}/cancel/")
    if status == "processing":
        assert answer.json()["order"]["status"] == "cancelled"
        return
    refused(answer, 400, "invalid_status", f"Cannot cancel order in {status} status")
    assert shown["tracking_number"] == "T-1"
    assert shown["shipped_at"].endswith("Z")
    assert (shown["delivered_at"] is None) == (status == "shipped")
