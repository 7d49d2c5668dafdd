"""The marketplace's cart, row by row."""

from typing import Any

import pytest
from support.deals import Company
from support.surfaces import Caller

ROWS = [
    ("GET", "/cart/", None),
    ("POST", "/cart/add_item/", {"product_id": 1}),
    ("PATCH", "/cart/update_item/", {"item_id": 1, "quantity": 1}),
    ("DELETE", "/cart/remove_item/", {"item_id": 1}),
    ("DELETE", "/cart/clear/", None),
    ("PATCH", "/cart/update_item_status/", {"item_id": 1, "status": "s"}),
    ("POST", "/cart/validate_stock/", None),
]


def add(shopper: Caller, product: dict[str, Any], quantity: int = 1) -> dict[str, Any]:
    answer = shopper.post("/cart/add_item/", {"product_id": product["product_id"], "quantity": quantity})
    assert answer.status_code in (200, 201), answer.text
    item: dict[str, Any] = answer.json()["item"]
    return item


@pytest.mark.parametrize(("method", "path", "body"), ROWS)
def test_nobody_has_a_cart(passer_by: Caller, method: str, path: str, body: Any) -> None:
    answer = passer_by.send(method, path, body)
    assert answer.status_code == 401
    assert "detail" in answer.json()


def test_an_empty_cart(shopper: Caller) -> None:
    cart = shopper.get("/cart/").json()
    assert cart.pop("updated_at")
    assert cart == {"id": shopper.person_id, "items": [], "total_items": 0, "total_amount": "0.00"}
    assert shopper.post("/cart/validate_stock/").json() == {"valid": True, "items": []}
    assert shopper.delete("/cart/clear/").status_code == 200


def test_a_line_is_made_once_and_grows(shopper: Caller, company: Company) -> None:
    lamp = company.sellers[0].core.product(stock=5, price="19.99", tags=["oak"])
    first = shopper.post("/cart/add_item/", {"product_id": lamp["product_id"]})
    assert (first.status_code, first.json()["was_created"]) == (201, True)
    item = first.json()["item"]
    assert item["product"] == {
        "id": lamp["product_id"],
        "name": item["product"]["name"],
        "slug": lamp["slug"],
        "price": "19.99",
        "stock_quantity": 5,
        "is_active": True,
        "is_featured": False,
        "brand": "",
        "tags": ["oak"],
        "category": None,
        "seller": {"id": company.sellers[0].person_id, "username": f"user-{company.sellers[0].person_id}"},
        "primary_image": None,
        "average_rating": 0.0,
        "review_count": 0,
        "created_at": item["product"]["created_at"],
    }
    more = shopper.post("/cart/add_item/", {"product_id": lamp["product_id"], "quantity": 2, "unit_price": "0.01"})
    assert (more.status_code, more.json()["was_created"]) == (200, False)
    assert more.json()["item"] == item | {"quantity": 3, "total_price": "59.97"}
    cart = shopper.get("/cart/").json()
    assert cart["items"] == [more.json()["item"]]
    assert (cart["total_items"], cart["total_amount"]) == (3, "59.97")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "product_id"),
        ({"product_id": None}, "product_id"),
        ({"product_id": "abc"}, "product_id"),
        ({"product_id": [1]}, "product_id"),
        ({"product_id": 10**40}, "product_id"),
        ({"product_id": 1, "quantity": 0}, "quantity"),
        ({"product_id": 1, "quantity": -1}, "quantity"),
        ({"product_id": 1, "quantity": 1.5}, "quantity"),
        ({"product_id": 1, "quantity": "two"}, "quantity"),
        ({"product_id": 1, "quantity": None}, "quantity"),
        ({"product_id": 1, "quantity": 10**30}, "quantity"),
    ],
)
def test_what_is_no_item(outsiders: list[Caller], body: Any, field: str) -> None:
    answer = outsiders[0].post("/cart/add_item/", body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert all(isinstance(message, str) for message in answer.json()[field])


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"{", b"\xff", b"null"])
def test_a_body_that_is_no_object(outsiders: list[Caller], raw: bytes) -> None:
    answer = outsiders[0].http.post("/cart/add_item/", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)


def test_what_is_not_sold_or_not_there(shopper: Caller, company: Company) -> None:
    lamp = company.sellers[0].core.product(stock=2)
    assert shopper.post("/cart/add_item/", {"product_id": 999_999_999}).status_code == 404
    company.sellers[0].core.command("update-product", product_id=lamp["product_id"], active=False)
    assert shopper.post("/cart/add_item/", {"product_id": lamp["product_id"]}).status_code == 404
    assert shopper.get("/cart/").json()["items"] == []


def test_no_more_than_there_is(shopper: Caller, company: Company) -> None:
    lamp = company.sellers[0].core.product(stock=3)
    item = add(shopper, lamp, 2)
    assert shopper.post("/cart/add_item/", {"product_id": lamp["product_id"], "quantity": 2}).status_code == 400
    assert shopper.patch("/cart/update_item/", {"item_id": item["id"], "quantity": 4}).status_code == 400
    assert shopper.get("/cart/").json()["total_items"] == 2


def test_a_quantity_is_set_and_below_one_takes_the_line_out(shopper: Caller, company: Company) -> None:
    lamp = company.sellers[0].core.product(stock=9, price="0.10")
    item = add(shopper, lamp, 2)
    changed = shopper.patch("/cart/update_item/", {"item_id": item["id"], "quantity": 7})
    assert (changed.status_code, changed.json()) == (
        200,
        {"item": item | {"quantity": 7, "total_price": "0.70"}},
    )
    for nothing in (0, -3):
        gone = shopper.patch("/cart/update_item/", {"item_id": item["id"], "quantity": nothing})
        assert gone.status_code == 200
        assert list(gone.json()) == ["message"]
        assert shopper.get("/cart/").json()["items"] == []
        item = add(shopper, lamp)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"item_id": 1}, "quantity"),
        ({"item_id": 1, "quantity": None}, "quantity"),
        ({"item_id": 1, "quantity": "x"}, "quantity"),
        ({"item_id": 1, "quantity": 2.5}, "quantity"),
        ({"item_id": 1, "quantity": True}, "quantity"),
        ({"quantity": 1}, "item_id"),
    ],
)
def test_what_is_no_change(outsiders: list[Caller], body: Any, field: str) -> None:
    answer = outsiders[0].patch("/cart/update_item/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_somebody_else_s_line_is_no_line(shopper: Caller, company: Company, outsiders: list[Caller]) -> None:
    item = add(shopper, company.sellers[0].core.product())
    other = outsiders[0]
    for method, path, body in [
        ("PATCH", "/cart/update_item/", {"quantity": 2}),
        ("PATCH", "/cart/update_item/", {"quantity": 0}),
        ("DELETE", "/cart/remove_item/", {}),
        ("PATCH", "/cart/update_item_status/", {"status": "saved"}),
    ]:
        for nothing in (item["id"], 999_999_999_999):
            answer = other.send(method, path, {"item_id": nothing, **body})
            assert answer.status_code == 404, answer.text
    assert shopper.get("/cart/").json()["total_items"] == 1


def test_a_line_is_taken_out_and_a_cart_emptied(shopper: Caller, company: Company) -> None:
    one, two = (add(shopper, company.sellers[0].core.product()) for _ in range(2))
    assert shopper.delete("/cart/remove_item/", {}).json() == {"item_id": ["This field is required."]}
    removed = shopper.delete("/cart/remove_item/", {"item_id": one["id"]})
    assert (removed.status_code, list(removed.json())) == (200, ["message"])
    assert [item["id"] for item in shopper.get("/cart/").json()["items"]] == [two["id"]]
    assert shopper.delete("/cart/remove_item/", {"item_id": one["id"]}).status_code == 404
    assert list(shopper.delete("/cart/clear/").json()) == ["message"]
    assert shopper.get("/cart/").json()["items"] == []


def test_a_line_s_status_is_said_back_and_stored_nowhere(shopper: Caller, company: Company) -> None:
    item = add(shopper, company.sellers[0].core.product())
    before = shopper.get("/cart/")
    said = shopper.patch("/cart/update_item_status/", {"item_id": item["id"], "status": "saved for later"})
    assert (said.status_code, said.json()) == (200, {"item_id": item["id"], "status": "saved for later"})
    assert "storefold-position" not in said.headers
    assert shopper.get("/cart/").json() == before.json()
    for body in ({"item_id": item["id"]}, {"status": "s"}, {"item_id": item["id"], "status": 7}, {}):
        assert shopper.patch("/cart/update_item_status/", body).status_code == 400


def test_what_could_not_be_bought_is_told_and_stays(shopper: Caller, company: Company) -> None:
    plenty, short, gone = (company.sellers[0].core.product(stock=5) for _ in range(3))
    lines = [add(shopper, product, 2) for product in (plenty, short, gone)]
    assert shopper.post("/cart/validate_stock/").json()["valid"] is True
    company.sellers[0].core.command("adjust-stock", sku=short["sku"], to=1)
    company.sellers[0].core.command("update-product", product_id=gone["product_id"], active=False)
    answer = shopper.post("/cart/validate_stock/")
    assert answer.status_code == 200
    assert answer.json()["valid"] is False
    told = [(i["item_id"], i["requested"], i["available"], i["valid"]) for i in answer.json()["items"]]
    ids = [line["id"] for line in lines]
    assert told == [(ids[0], 2, 5, True), (ids[1], 2, 1, False), (ids[2], 2, 0, False)]
    assert all(item["message"] for item in answer.json()["items"])
    assert [item["id"] for item in shopper.get("/cart/").json()["items"]] == ids
