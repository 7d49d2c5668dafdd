"""Reviews: one of each person and product, whoever bought what."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.shelf import category, product
from support.surfaces import Caller

FIELDS = {"id", "product", "user", "rating", "title", "comment", "created_at", "updated_at"}
REVIEW = {"rating": 4, "title": "Good", "comment": "It stands."}


@pytest.fixture(scope="module")
def shelf(staff: Caller) -> dict[str, Any]:
    return category(staff)


@pytest.fixture(scope="module")
def merchant(passer_by: Caller) -> Caller:
    return passer_by.newcomer("seller")


@pytest.fixture(scope="module")
def shopper(passer_by: Caller) -> Caller:
    return passer_by.newcomer()


@pytest.fixture
def path(merchant: Caller, shelf: dict[str, Any]) -> str:
    """Of a new product."""
    return f"/products/{product(merchant, shelf)['slug']}/"


def wrote(caller: Caller, path: str, **fields: Any) -> dict[str, Any]:
    answer = caller.post(f"{path}reviews/", REVIEW | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def ids(caller: Caller, path: str) -> list[int]:
    answer = caller.get(f"{path}reviews/")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]


def test_a_review_is_shown_as_it_was_written(shopper: Caller, merchant: Caller, passer_by: Caller, path: str) -> None:
    made = wrote(shopper, path, user=1, product=2, created_at="x")
    assert set(made) == FIELDS
    assert {name: made[name] for name in REVIEW} == REVIEW
    assert made["user"] == {"id": shopper.person_id, "username": f"user-{shopper.person_id}"}
    shown = passer_by.get(path).json()
    assert (made["product"], shown["average_rating"], shown["review_count"]) == (shown["id"], 4.0, 1)
    assert passer_by.get(f"{path}reviews/{made['id']}/").json() == made
    second = merchant.post(f"{path}add_review/", {"rating": 1}).json()
    assert (second["title"], second["comment"]) == ("", "")
    assert passer_by.get(f"{path}reviews/").json() == [second, made]
    page = passer_by.get(f"{path}reviews/", params={"page_size": 1, "page": 2}).json()
    assert (page["count"], page["results"]) == (2, [made])
    assert passer_by.get(path).json()["average_rating"] == 2.5


def test_one_of_each_person_across_both_routes_and_again_after_deleting(
    shopper: Caller, passer_by: Caller, path: str
) -> None:
    made = wrote(shopper, path)
    for route in ("reviews/", "add_review/"):
        assert shopper.post(path + route, REVIEW).status_code == 400
    native = shopper.core.send("write-review", product_id=made["product"], rating=1, policy="marketplace")
    assert native.status_code == 409
    assert shopper.delete(f"{path}reviews/{made['id']}/").status_code == 204
    again = shopper.post(f"{path}add_review/", REVIEW)
    assert again.status_code == 201
    assert ids(passer_by, path) == [again.json()["id"]] != [made["id"]]


def test_of_many_at_once_one_is_the_review(shopper: Caller, passer_by: Caller, path: str) -> None:
    routes = ["reviews/", "add_review/"] * 5
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda route: shopper.post(path + route, REVIEW), routes))
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 9
    assert len(ids(passer_by, path)) == passer_by.get(path).json()["review_count"] == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": 4.5}, "rating"),
        ({"rating": "five"}, "rating"),
        ({"rating": True}, "rating"),
        ({"rating": None}, "rating"),
        ({"rating": 10**400}, "rating"),
        ({"title": "x" * 201}, "title"),
        ({"title": 5}, "title"),
        ({"comment": []}, "comment"),
        ({"comment": "a\x00b"}, "comment"),
        ({"comment": "x" * 20_001}, "comment"),
    ],
)
def test_what_does_not_fit(shopper: Caller, merchant: Caller, path: str, wrong: dict[str, Any], field: str) -> None:
    made = wrote(shopper, path)
    one = f"{path}reviews/{made['id']}/"
    answers = [
        merchant.post(f"{path}reviews/", REVIEW | wrong),
        shopper.put(one, REVIEW | wrong),
        shopper.patch(one, wrong),
    ]
    for answer in answers:
        assert (answer.status_code, list(answer.json())) == (400, [field])
    assert shopper.get(one).json() == made


def test_a_rating_is_required_where_a_review_is_written_whole(shopper: Caller, merchant: Caller, path: str) -> None:
    made = wrote(shopper, path)
    one = f"{path}reviews/{made['id']}/"
    for answer in (merchant.post(f"{path}add_review/", {"title": "T"}), shopper.put(one, {"title": "T"})):
        assert (answer.status_code, list(answer.json())) == (400, ["rating"])
    assert (
        merchant.http.post(f"{path}reviews/", content=b"[1]", headers={"Content-Type": "application/json"}).status_code
        == 400
    )
    changed = shopper.put(one, {"rating": 1, "title": "T"}).json()
    assert (changed["rating"], changed["title"]) == (1, "T")


def test_fields_that_are_not_sent_stay(shopper: Caller, passer_by: Caller, path: str) -> None:
    made = wrote(shopper, path)
    for sent in ({"rating": 2}, {"title": ""}, {"comment": "New."}, {}):
        now = shopper.patch(f"{path}reviews/{made['id']}/", sent | {"product": 1, "user": 2}).json()
        assert {name for name in FIELDS if now[name] != made[name]} - {"updated_at"} == set(sent)
        made = now
    assert passer_by.get(path).json()["average_rating"] == 2.0


def test_who_may_change_and_remove(
    shopper: Caller, merchant: Caller, staff: Caller, passer_by: Caller, path: str
) -> None:
    made = wrote(shopper, path)
    one = f"{path}reviews/{made['id']}/"
    assert passer_by.post(f"{path}reviews/", REVIEW).status_code == 401
    for method, body in (("PUT", REVIEW), ("PATCH", {"rating": 1}), ("DELETE", None)):
        assert passer_by.send(method, one, body).status_code == 401
        assert merchant.send(method, one, body).status_code in (403, 404)
    for method in ("PUT", "PATCH"):
        assert staff.send(method, one, REVIEW).status_code in (403, 404)
    assert passer_by.get(one).json() == made
    assert staff.delete(one).status_code == 204
    assert (passer_by.get(one).status_code, ids(passer_by, path)) == (404, [])
    assert shopper.delete(one).status_code == 404
    assert passer_by.get(path).json()["review_count"] == 0


def test_a_review_is_found_at_its_own_product_alone(
    shopper: Caller, merchant: Caller, passer_by: Caller, path: str, shelf: dict[str, Any]
) -> None:
    made = wrote(shopper, path)
    other = f"/products/{product(merchant, shelf)['slug']}/"
    for wrong in (f"{other}reviews/{made['id']}/", f"{path}reviews/999999999999/", f"{path}reviews/none/"):
        assert passer_by.get(wrong).status_code == 404
        for method, body in (("PUT", REVIEW), ("PATCH", REVIEW), ("DELETE", None)):
            assert shopper.send(method, wrong, body).status_code == 404
    assert ids(passer_by, path) == [made["id"]]


def test_products_that_are_not_on_sale_have_none(
    shopper: Caller, merchant: Caller, staff: Caller, passer_by: Caller, path: str
) -> None:
    made = wrote(shopper, path)
    merchant.delete(path)
    for where in (path, "/products/no-such-thing/"):
        assert passer_by.get(f"{where}reviews/").status_code == 404
        assert passer_by.get(f"{where}reviews/{made['id']}/").status_code == 404
        for route in ("reviews/", "add_review/"):
            assert staff.post(where + route, REVIEW).status_code == 404


def test_a_hidden_review_is_nobody_s_to_see(shopper: Caller, staff: Caller, passer_by: Caller, path: str) -> None:
    made = wrote(shopper, path)
    staff.core.command("hide-review", review_id=made["id"])
    assert (ids(passer_by, path), passer_by.get(f"{path}reviews/{made['id']}/").status_code) == ([], 404)
