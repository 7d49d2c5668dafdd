"""The cart."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.product import Client
from support.shopper import Shopper, refused

from write_side.identifiers import to_uuid

BAD_QUANTITIES = [1.5, "two", "2", None, True, [1], 10**10, 10**30]


def test_an_unused_cart_is_empty_and_keeps_its_id(shopper: Shopper, goods: Client) -> None:
    cart = shopper.get("/cart/").json()
    assert set(cart) == {"id", "items", "total_items", "subtotal", "created_at", "updated_at"}
    assert (cart["items"], cart["total_items"], cart["subtotal"]) == ([], 0, "0.00")
    assert cart["created_at"].endswith("Z")
    shopper.order(goods.product())
    assert shopper.get("/cart/").json()["id"] == cart["id"]


def test_a_new_line_is_answered_whole(shopper: Shopper, goods: Client) -> None:
    made = goods.product(name="Cup", price="19.99", variants=[{"name": "Red", "price": "21.50", "stock": 9}])
    product = {"id": str(to_uuid("product", made["product_id"])), "name": "Cup"}
    plain = shopper.post("/cart/items/", {"product_id": product["id"], "quantity": 2, "price": "0.01"})
    assert plain.status_code == 201
    line = plain.json()
    assert uuid.UUID(line.pop("id"))
    assert line == {"product": product, "variant": None, "quantity": 2, "price": "19.99", "total_price": "39.98"}
    variant = {"id": str(to_uuid("variant", made["variants"][0]["variant_id"])), "name": "Red"}
    body = {"product_id": product["id"], "variant_id": variant["id"], "quantity": 1}
    red = shopper.post("/cart/items/", body).json()
    assert (red["variant"], red["price"], red["total_price"]) == (variant, "21.50", "21.50")
    cart = shopper.get("/cart/").json()
    assert (cart["total_items"], cart["subtotal"]) == (3, "61.48")
    first, second = cart["items"]
    assert first == {**plain.json(), "product": {**product, "slug": made["slug"]}}
    assert second == {
        **red,
        "product": {**product, "slug": made["slug"]},
        "variant": {**variant, "sku": made["variants"][0]["sku"]},
    }


def test_more_of_a_product_goes_on_its_line(shopper: Shopper, goods: Client) -> None:
    made = goods.product(price="2.00")
    shopper.add(made, 2)
    answer = shopper.post("/cart/items/", {"product_id": made["product_id"], "quantity": 3})
    assert answer.status_code == 200
    assert answer.json() == {"message": "Item quantity updated", "quantity": 5, "total_price": "10.00"}
    assert len(shopper.get("/cart/").json()["items"]) == 1


def test_simultaneous_adds_all_count_and_never_pass_the_stock(shopper: Shopper, goods: Client) -> None:
    made = goods.product(stock=10)
    body = {"product_id": made["product_id"], "quantity": 1}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: shopper.post("/cart/items/", body).status_code, range(16)))
    assert sorted(answers) == [200] * 9 + [201] + [400] * 6
    assert [line["quantity"] for line in shopper.get("/cart/").json()["items"]] == [10]


@pytest.mark.parametrize("quantity", [0, -1, *BAD_QUANTITIES])
def test_a_quantity_is_a_whole_number_from_one(shopper: Shopper, goods: Client, quantity: Any) -> None:
    made = goods.product()
    added = shopper.post("/cart/items/", {"product_id": made["product_id"], "quantity": quantity})
    line = shopper.add(made)
    changed = shopper.put(f"/cart/items/{line['id']}/", {"quantity": quantity})
    for answer in (added, changed):
        details = refused(answer, 400, "validation_error")
        assert list(details) == ["quantity"]
        if quantity in (0, -1):
            assert details["quantity"] == ["Quantity must be greater than 0."]
    assert shopper.get("/cart/").json()["total_items"] == 1


@pytest.mark.parametrize("wanted", [4, 1_000_001, 2_147_483_647])
def test_a_line_is_bound_by_the_stock(shopper: Shopper, goods: Client, wanted: int) -> None:
    made = goods.product(stock=3)
    line = shopper.add(made, 1)
    added = shopper.post("/cart/items/", {"product_id": made["product_id"], "quantity": wanted})
    details = refused(added, 400, "stock_unavailable", "Insufficient stock")
    assert details == {"requested": wanted + 1, "available": 3}
    changed = shopper.put(f"/cart/items/{line['id']}/", {"quantity": wanted})
    details = refused(changed, 400, "stock_unavailable", "Insufficient stock")
    assert details == {"requested": wanted, "available": 3}


def test_only_what_is_sold_goes_into_a_cart(shopper: Shopper, goods: Client) -> None:
    made, hidden = goods.product(), goods.product(active=False)
    for product in (hidden["product_id"], str(uuid.uuid4()), 2**53 - 2):
        answer = shopper.post("/cart/items/", {"product_id": product, "quantity": 1})
        refused(answer, 404, "not_found", "Product not found")
    body = {"product_id": made["product_id"], "variant_id": str(uuid.uuid4()), "quantity": 1}
    refused(shopper.post("/cart/items/", body), 404, "not_found")


@pytest.mark.parametrize("value", ["not-an-id", "", None, -1, 0, 1.5, True, [], {}, 2**60])
def test_an_id_that_is_none_is_named(shopper: Shopper, value: Any) -> None:
    answer = shopper.post("/cart/items/", {"product_id": value, "quantity": 1})
    assert refused(answer, 400, "validation_error") == {"product_id": ["Must be a valid UUID."]}
    missing = shopper.post("/cart/items/", {"quantity": 1})
    assert refused(missing, 400, "validation_error") == {"product_id": ["This field is required."]}


def test_a_lines_quantity_is_replaced(shopper: Shopper, goods: Client) -> None:
    line = shopper.add(goods.product(price="3.00", stock=9), 2)
    answer = shopper.put(f"/cart/items/{line['id']}/", {"quantity": 7})
    assert answer.status_code == 200
    assert answer.json() == line | {"quantity": 7, "total_price": "21.00"}
    assert shopper.get("/cart/").json()["subtotal"] == "21.00"
    assert shopper.put(f"/cart/items/{line['id']}/", {"quantity": 7}).json() == answer.json()


def test_a_line_is_removed(shopper: Shopper, goods: Client) -> None:
    line = shopper.add(goods.product())
    kept = shopper.add(goods.product(price="4.00"))
    answer = shopper.delete(f"/cart/items/{line['id']}/")
    assert (answer.status_code, answer.content) == (204, b"")
    cart = shopper.get("/cart/").json()
    assert [entry["id"] for entry in cart["items"]] == [kept["id"]]
    assert cart["subtotal"] == "4.00"
    refused(shopper.delete(f"/cart/items/{line['id']}/"), 404, "not_found")


def test_somebody_elses_line_is_not_there(passer_by: Shopper, shopper: Shopper, goods: Client) -> None:
    line = shopper.add(goods.product())
    other = passer_by.newcomer()
    for unknown in (line["id"], str(uuid.uuid4()), "x"):
        refused(other.put(f"/cart/items/{unknown}/", {"quantity": 1}), 404, "not_found", "Cart item not found")
        refused(other.delete(f"/cart/items/{unknown}/"), 404, "not_found", "Cart item not found")
    assert shopper.get("/cart/").json()["total_items"] == 1


def test_a_cart_is_cleared_also_when_it_is_empty(shopper: Shopper, goods: Client) -> None:
    shopper.add(goods.product())
    for _ in range(2):
        answer = shopper.post("/cart/clear/")
        assert (answer.status_code, answer.json()) == (200, {"message": "Cart cleared successfully"})
        assert shopper.get("/cart/").json()["items"] == []


def test_a_cart_shows_todays_price(shopper: Shopper, goods: Client) -> None:
    made = goods.product(price="10.00")
    shopper.add(made, 2)
    goods.command("update-product", product_id=made["product_id"], price="12.50")
    cart = shopper.get("/cart/").json()
    assert (cart["items"][0]["price"], cart["subtotal"]) == ("12.50", "25.00")


def test_one_idempotency_key_adds_once(shopper: Shopper, goods: Client) -> None:
    body = {"product_id": goods.product()["product_id"], "quantity": 2}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (shopper.post("/cart/items/", body, headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert shopper.get("/cart/").json()["total_items"] == 2
    refused(shopper.post("/cart/items/", body | {"quantity": 3}, headers=key), 409, "idempotency_key_reused")
