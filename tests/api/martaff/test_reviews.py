"""Reviews, at both kinds of addresses."""

from typing import Any

import httpx
import pytest
from support.product import PASSWORD
from support.surfaces import Caller

from storefold.demo.accounts import ADMIN, DEMO_PASSWORD

SHOWN = ["id", "product", "user", "rating", "comment", "created_at"]
WRITE = ["/products/reviews/?product_id={}", "/products/review-list/{}/reviews/"]
ONE = ["/products/reviews/?review_id={}", "/products/reviews-update/{}/"]


@pytest.fixture(scope="module")
def product(passer_by: Caller) -> int:
    return int(passer_by.newcomer("seller").core.product()["product_id"])


def write(author: Caller, product_id: int, style: int = 0, **fields: Any) -> dict[str, Any]:
    answer = author.post(WRITE[style].format(product_id), {"rating": 5, **fields})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


@pytest.mark.parametrize("style", [0, 1])
def test_a_review_s_whole_life(shopper: Caller, passer_by: Caller, staff: Caller, product: int, style: int) -> None:
    review = write(shopper, product, style, comment="Good", user=1, product=2)
    assert list(review) == SHOWN
    assert {name: review[name] for name in SHOWN[1:5]} == {
        "product": product, "user": shopper.person_id, "rating": 5, "comment": "Good"
    }  # fmt: skip
    one = ONE[style].format(review["id"])
    assert passer_by.get(one).json() == passer_by.get(ONE[1 - style].format(review["id"])).json() == review
    again = write(shopper, product, 1 - style)
    assert (again["comment"], again["id"] != review["id"]) == ("", True)
    changed = shopper.patch(one, {"rating": 3, "product": 1})
    assert (changed.status_code, changed.json()) == (200, {**review, "rating": 3})
    assert shopper.patch(one, {"comment": None}).json() == {**review, "rating": 3, "comment": ""}
    other = shopper.newcomer()
    for somebody, status in ((other, 403), (staff, 403), (passer_by, 401)):
        assert somebody.patch(one, {"rating": 1}).status_code == status
    for somebody, status in ((other, 403), (shopper, 403), (passer_by, 401)):
        assert somebody.delete(one).status_code == status
    gone = staff.delete(one)
    assert (gone.status_code, gone.content) == (204, b"")
    for answer in (passer_by.get(one), shopper.patch(one, {"rating": 1}), staff.delete(one)):
        assert answer.status_code == 404


@pytest.mark.parametrize("style", [0, 1])
@pytest.mark.parametrize(
    "wrong", [{"rating": 0}, {"rating": 6}, {"rating": 4.5}, {"rating": "good"}, {"rating": True}, {"rating": None}]
)
def test_what_does_not_fit_is_named(shopper: Caller, product: int, style: int, wrong: dict[str, Any]) -> None:
    answer = shopper.post(WRITE[style].format(product), wrong)
    assert (answer.status_code, list(answer.json())) == (400, ["rating"])


def test_what_is_missing_and_what_there_is_not(shopper: Caller, passer_by: Caller, staff: Caller, product: int) -> None:
    assert list(shopper.post(WRITE[0].format(product), {}).json()) == ["rating"]
    assert list(shopper.post(WRITE[0].format(product), {"rating": 1, "comment": 5}).json()) == ["comment"]
    for style in (0, 1):
        assert shopper.post(WRITE[style].format(999_999_999), {"rating": 1}).status_code == 404
        assert passer_by.get(ONE[style].format(999_999_999)).status_code == 404
        assert passer_by.post(WRITE[style].format(product), {"rating": 1}).status_code == 401
    bare = "/products/reviews/"
    assert list(passer_by.get(bare).json()) == ["product_id", "review_id"]
    assert list(shopper.post(bare, {"rating": 1}).json()) == ["product_id"]
    assert list(shopper.patch(bare, {"rating": 1}).json()) == ["review_id"]
    assert list(staff.delete(bare).json()) == ["review_id"]
    for query in ("?product_id=x", "?review_id=x"):
        assert passer_by.get(bare + query).status_code == 400
    for number in (0, -1, 10**30):
        assert passer_by.get(f"{bare}?review_id={number}").status_code == 404
        assert shopper.patch(f"{bare}?review_id={number}", {"rating": 1}).status_code == 404
        assert passer_by.get(f"{bare}?product_id={number}").json()["results"] == []
        assert shopper.post(f"{bare}?product_id={number}", {"rating": 1}).status_code == 404
    for nothing in (ONE[0].format(999_999_999), ONE[1].format(999_999_999), bare):
        assert (shopper.delete(nothing).status_code, passer_by.delete(nothing).status_code) == (403, 401)
    for nothing in ONE:
        assert staff.delete(nothing.format(999_999_999)).status_code == 404


@pytest.mark.parametrize("style", [0, 1])
def test_pages_and_ratings(passer_by: Caller, style: int) -> None:
    seller, author = passer_by.newcomer("seller"), passer_by.newcomer()
    mine, other = (int(seller.core.product()["product_id"]) for _ in range(2))
    made = [write(author, mine, style, rating=1 + number % 5)["id"] for number in range(12)]
    write(author, other)

    def page(**asked: Any) -> httpx.Response:
        path, _, query = WRITE[style].format(mine).partition("?")
        return passer_by.get(path, params={**dict([query.split("=")] if query else []), **asked})

    first = page().json()
    assert (first["count"], first["previous"], len(first["results"])) == (12, None, 10)
    second = passer_by.http.get(first["next"]).json()
    assert (second["next"], len(second["results"])) == (None, 2)
    assert [review["id"] for review in first["results"] + second["results"]] == made[::-1]
    assert page(page=3).status_code == 404
    assert len(page(page_size=500).json()["results"]) == 12
    assert len(page(page_size=3).json()["results"]) == 3
    fours = page(rating=4).json()
    assert (fours["count"], {review["rating"] for review in fours["results"]}) == (2, {4})
    assert page(rating=77).json()["count"] == page(rating=-1).json()["count"] == 0
    assert page(rating="good").status_code == 400
    assert passer_by.get(WRITE[style].format(999_999_999)).json()["count"] == 0


def test_an_author_signs_in_with_e_mail_and_password(shopper: Caller, passer_by: Caller, product: int) -> None:
    right, wrong = (shopper.core.email, PASSWORD), (shopper.core.email, "no")
    answer = passer_by.post(WRITE[0].format(product), {"rating": 2}, auth=right)
    assert (answer.status_code, answer.json()["user"]) == (201, shopper.person_id)
    one = ONE[1].format(answer.json()["id"])
    assert passer_by.patch(one, {"rating": 4}, auth=right).json()["rating"] == 4
    refused = passer_by.patch(one, {"rating": 4}, auth=wrong)
    assert (refused.status_code, refused.json()) == (401, {"detail": "Invalid username/password."})
    stale = passer_by.patch(one, {"rating": 4}, headers={"Authorization": "Bearer no"})
    assert (stale.status_code, "token" in stale.json()["detail"]) == (401, True)
    assert passer_by.delete(one, auth=right).status_code == 403
    assert passer_by.delete(ONE[0].format(999_999_999), auth=right).status_code == 403
    assert passer_by.delete(one, auth=(ADMIN.email, DEMO_PASSWORD)).status_code == 204


def test_forms_are_read_too(shopper: Caller, product: int) -> None:
    answer = shopper.send("POST", WRITE[0].format(product), data={"rating": "4", "comment": "Fine"})
    assert (answer.status_code, answer.json()["rating"], answer.json()["comment"]) == (201, 4, "Fine")
