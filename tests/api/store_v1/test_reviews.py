"""Reviews: who may write one, and what everybody sees of them."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.product import Client
from support.shopper import Shopper, refused

from write_side.identifiers import parse_id

REVIEW = {"rating": 4, "title": "Boils", "comment": "Water, mostly."}


@pytest.fixture
def product(goods: Client) -> dict[str, Any]:
    return goods.product(price="10.00", stock=50)


def path_of(product: dict[str, Any]) -> str:
    return f"/products/{product['slug']}/reviews/"


def page(passer_by: Shopper, product: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = passer_by.get(f"/products/{product['slug']}/").json()
    return found


def test_who_bought_a_product_reviews_it(passer_by: Shopper, shopper: Shopper, product: dict[str, Any]) -> None:
    before = page(passer_by, product)
    assert (before["reviews"], before["average_rating"], before["review_count"]) == ([], 0.0, 0)
    shopper.bought(product)
    answer = shopper.post(path_of(product), REVIEW)
    assert answer.status_code == 201
    review = answer.json()
    assert uuid.UUID(review["id"])
    assert review["created_at"].endswith("Z")
    assert review == REVIEW | {
        "id": review["id"],
        "user": shopper.email,
        "is_verified_purchase": True,
        "is_approved": True,
        "created_at": review["created_at"],
    }
    listed = passer_by.get(path_of(product)).json()
    known_as = f"user-{parse_id(shopper.user['id'])}" if shopper.user else ""
    assert listed == {"count": 1, "next": None, "previous": None, "results": [review | {"user": known_as}]}
    now = page(passer_by, product)
    shown = {name: value for name, value in listed["results"][0].items() if name != "is_approved"}
    assert (now["reviews"], now["average_rating"], now["review_count"]) == ([shown], 4.0, 1)
    assert shopper.email not in passer_by.get(f"/products/{product['slug']}/").text


def test_who_has_not_bought_it_does_not(passer_by: Shopper, shopper: Shopper, goods: Client) -> None:
    product, other = goods.product(), goods.product()

    def denied() -> None:
        refused(shopper.post(path_of(product), REVIEW), 403, "purchase_required")

    denied()
    shopper.bought(other)
    denied()
    unpaid = shopper.order(product)
    denied()
    shopper.pay(unpaid)
    shopper.post(f"/orders/{unpaid['id']}/cancel/")
    denied()
    assert page(passer_by, product)["review_count"] == 0
    shopper.bought(product)
    assert shopper.post(path_of(product), REVIEW).status_code == 201


def test_a_product_taken_in_work_without_money_is_not_bought(
    shopper: Shopper, staff: Shopper, product: dict[str, Any]
) -> None:
    order = shopper.order(product)
    assert staff.put(f"/orders/{order['id']}/", {"status": "processing"}).status_code == 200
    refused(shopper.post(path_of(product), REVIEW), 403, "purchase_required")


def test_a_variant_is_the_product(shopper: Shopper, goods: Client) -> None:
    made = goods.product(variants=[{"name": "Red", "stock": 3}])
    shopper.add(made, 1, made["variants"][0]["variant_id"])
    shopper.pay(shopper.check_out().json())
    assert shopper.post(path_of(made), REVIEW).status_code == 201


def test_one_review_per_person(shopper: Shopper, product: dict[str, Any]) -> None:
    shopper.bought(product)
    shopper.bought(product)
    with ThreadPoolExecutor(6) as threads:
        answers = list(
            threads.map(lambda n: shopper.post(path_of(product), REVIEW | {"rating": n}), [1, 2, 3, 4, 5, 5])
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    refused(shopper.post(path_of(product), REVIEW), 409, "conflict", "You have already reviewed this product")
    assert shopper.get(path_of(product)).json()["count"] == 1


def test_averages_are_of_what_is_shown(
    passer_by: Shopper, shopper: Shopper, product: dict[str, Any], admin: Client
) -> None:
    other = passer_by.newcomer()
    first = second = ""
    for person, rating in ((shopper, 5), (other, 2)):
        person.bought(product)
        first, second = second, person.post(path_of(product), REVIEW | {"rating": rating}).json()["id"]

    def seen() -> tuple[float, int, list[int]]:
        now = page(passer_by, product)
        listed = passer_by.get(path_of(product)).json()["results"]
        assert [review["id"] for review in now["reviews"]] == [review["id"] for review in listed]
        return now["average_rating"], now["review_count"], [review["rating"] for review in listed]

    assert seen() == (3.5, 2, [2, 5])
    admin.command("hide-review", review_id=second, note="rude")
    assert seen() == (5.0, 1, [5])
    refused(other.post(path_of(product), REVIEW), 409, "conflict")
    admin.command("approve-review", review_id=second)
    assert seen() == (3.5, 2, [2, 5])
    admin.command("remove-review", review_id=first)
    assert seen() == (2.0, 1, [2])
    listed = admin.http.get("/api/v1/products/", params={"search": product["slug"]}).json()["results"]
    assert [(p["average_rating"], p["review_count"]) for p in listed] == [(2.0, 1)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rating", None), ("rating", 0), ("rating", 6), ("rating", 4.5), ("rating", "5"), ("rating", True),
        ("title", None), ("title", ""), ("title", "   "), ("title", "x" * 201), ("title", "a\x00b"), ("title", 7),
        ("comment", None), ("comment", ""), ("comment", " "), ("comment", "x" * 10_001), ("comment", []),
    ],
)  # fmt: skip
def test_what_a_review_says(shopper: Shopper, product: dict[str, Any], field: str, value: object) -> None:
    details = refused(shopper.post(path_of(product), REVIEW | {field: value}), 400, "validation_error")
    assert list(details) == [field]
    short = {name: said for name, said in REVIEW.items() if name != field}
    assert refused(shopper.post(path_of(product), short), 400, "validation_error") == {
        field: ["This field is required."]
    }


def test_a_title_has_room_for_two_hundred_characters(shopper: Shopper, product: dict[str, Any]) -> None:
    shopper.bought(product)
    long = REVIEW | {"title": "ü" * 200, "rating": 1, "comment": "x" * 10_000}
    assert shopper.post(path_of(product), long).json()["title"] == "ü" * 200


def test_of_a_product_that_is_not_sold(passer_by: Shopper, shopper: Shopper, goods: Client) -> None:
    for slug in (goods.product(active=False)["slug"], "no-such-product"):
        path = f"/products/{slug}/reviews/"
        refused(passer_by.get(path), 404, "not_found", "Product not found")
        refused(shopper.post(path, REVIEW), 404, "not_found", "Product not found")


def test_pages_of_reviews(passer_by: Shopper, goods: Client, product: dict[str, Any]) -> None:
    people = [passer_by.newcomer() for _ in range(3)]
    for rating, person in enumerate(people, 1):
        person.bought(product)
        assert person.post(path_of(product), REVIEW | {"rating": rating}).status_code == 201
    first = passer_by.get(path_of(product), params={"page_size": 2}).json()
    assert (first["count"], first["previous"], [r["rating"] for r in first["results"]]) == (3, None, [3, 2])
    second = passer_by.http.get(first["next"]).json()
    assert (second["next"], [r["rating"] for r in second["results"]]) == (None, [1])
    for past in ("3", "0", "x"):
        refused(passer_by.get(path_of(product), params={"page_size": 2, "page": past}), 404, "not_found")
