"""Favourites: a person's one list, whichever surface it is written through."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.shelf import category, product
from support.surfaces import Caller


@pytest.fixture(scope="module")
def shelf(staff: Caller) -> dict[str, Any]:
    return category(staff)


@pytest.fixture(scope="module")
def merchant(passer_by: Caller) -> Caller:
    return passer_by.newcomer("seller")


def marked(caller: Caller) -> list[int]:
    answer = caller.get("/products/favorites/")
    assert answer.status_code == 200, answer.text
    return [one["product"]["id"] for one in answer.json()]


def test_each_call_flips(merchant: Caller, shopper: Caller, shelf: dict[str, Any]) -> None:
    made = product(merchant, shelf)
    path = f"/products/{made['slug']}/"
    for status, favorited in ((201, True), (200, False), (201, True)):
        answer = shopper.post(f"{path}favorite/")
        assert (answer.status_code, answer.json()) == (status, {"favorited": favorited})
        assert shopper.get(path).json()["is_favorited"] is favorited
        assert marked(shopper) == [made["id"]] * favorited
    assert merchant.get(path).json()["is_favorited"] is False


def test_the_list_is_the_caller_s_own_with_the_latest_first(
    merchant: Caller, shopper: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    made = [product(merchant, shelf) for _ in range(3)]
    for one in made:
        shopper.post(f"/products/{one['slug']}/favorite/")
    passer_by.newcomer().post(f"/products/{made[0]['slug']}/favorite/")
    answer = shopper.get("/products/favorites/")
    assert answer.headers["X-Total-Count"] == "3"
    assert marked(shopper) == [one["id"] for one in reversed(made)]
    (first, *_) = answer.json()
    assert set(first) == {"id", "product", "created_at"}
    listed = merchant.get("/products/my_products/").json()[0]
    assert first["product"] == listed
    page = shopper.get("/products/favorites/", params={"page": 2, "page_size": 2}).json()
    assert (page["count"], [one["product"]["id"] for one in page["results"]]) == (3, [made[0]["id"]])
    assert shopper.get("/products/favorites/", params={"page": 3, "page_size": 2}).status_code == 404
    shopper.core.command("remove-from-wishlist", product_id=made[1]["id"])
    assert marked(shopper) == [made[2]["id"], made[0]["id"]]
    assert passer_by.get("/products/favorites/").status_code == 401


def test_it_is_the_one_list_of_all_surfaces(merchant: Caller, shopper: Caller, shelf: dict[str, Any]) -> None:
    made = product(merchant, shelf)
    shopper.core.command("add-to-wishlist", product_id=made["id"])
    assert marked(shopper) == [made["id"]]
    assert shopper.post(f"/products/{made['slug']}/favorite/").json() == {"favorited": False}
    assert shopper.core.query("wishlist")["total"] == 0


def test_what_is_not_on_sale_is_no_favourite(merchant: Caller, shopper: Caller, shelf: dict[str, Any]) -> None:
    made = product(merchant, shelf)
    path = f"/products/{made['slug']}/favorite/"
    assert shopper.post("/products/no-such-thing/favorite/").status_code == 404
    assert shopper.post(path).status_code == 201
    merchant.delete(f"/products/{made['slug']}/")
    assert (shopper.post(path).status_code, marked(shopper)) == (404, [])
    merchant.patch(f"/products/{made['slug']}/", {"is_active": True})
    assert marked(shopper) == [made["id"]]


def test_nobody_marks_nothing(passer_by: Caller, merchant: Caller, shelf: dict[str, Any]) -> None:
    made = product(merchant, shelf)
    assert passer_by.post(f"/products/{made['slug']}/favorite/").status_code == 401


def test_many_calls_at_once_leave_one_favourite_or_none(
    merchant: Caller, shopper: Caller, shelf: dict[str, Any]
) -> None:
    made = product(merchant, shelf)
    path = f"/products/{made['slug']}/favorite/"
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: shopper.post(path), range(9)))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [201] * 5
    assert marked(shopper) == [made["id"]]


def test_a_retry_with_its_key_does_not_flip_back(merchant: Caller, shopper: Caller, shelf: dict[str, Any]) -> None:
    made = product(merchant, shelf)
    for _ in range(2):
        answer = shopper.post(f"/products/{made['slug']}/favorite/", headers={"Idempotency-Key": f"once-{made['id']}"})
        assert (answer.status_code, answer.json()) == (201, {"favorited": True})
    assert marked(shopper) == [made["id"]]
