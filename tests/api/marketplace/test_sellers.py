"""Sellers' public pages."""

from typing import Any

import pytest
from support.shelf import category, product
from support.surfaces import Caller


@pytest.fixture(scope="module")
def shelf(staff: Caller) -> dict[str, Any]:
    return category(staff)


def test_a_page_says_what_is_sold_and_nothing_personal(
    merchant: Caller, shopper: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    made = [product(merchant, shelf) for _ in range(3)]
    hidden = product(merchant, shelf, is_active=False)
    merchant.core.command("update-profile", first_name="Zebedee", last_name="Zink", phone_number="+15550101234")
    merchant.core.address(street_address="99 Zither Row")
    reviews = [
        caller.post(f"/products/{made[0]['slug']}/reviews/", {"rating": rating}).json()
        for caller, rating in ((shopper, 5), (passer_by.newcomer(), 2))
    ]
    address = shopper.core.address()
    for quantity in (2, 3):
        shopper.core.command("add-to-cart", product_id=made[1]["id"], quantity=quantity)
        order = shopper.core.command("place-order", shipping_address_id=address)["result"]["order_id"]
    shopper.core.command("cancel-order", order_id=order)
    answer = passer_by.get(f"/sellers/{merchant.person_id}/")
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert set(page) == {"seller", "stats", "products", "reviews"}
    assert set(page["seller"]) == {"id", "username", "joined_at", "profile_picture"}
    assert (page["seller"]["id"], page["seller"]["username"]) == (merchant.person_id, f"user-{merchant.person_id}")
    assert page["stats"] == {"total_products": 3, "total_sales": 2, "average_rating": 3.5, "total_reviews": 2}
    assert [one["slug"] for one in page["products"]] == [one["slug"] for one in reversed(made)]
    assert page["products"] == [one for one in merchant.get("/products/my_products/").json() if one["is_active"]]
    assert page["reviews"] == reviews[::-1]
    for secret in (hidden["slug"], merchant.core.email, "Zebedee", "Zink", "5550101234", "Zither"):
        assert secret not in answer.text


def test_a_seller_who_has_nothing_yet(merchant: Caller, passer_by: Caller) -> None:
    page = passer_by.get(f"/sellers/{merchant.person_id}/").json()
    assert (page["products"], page["reviews"]) == ([], [])
    assert page["stats"] == {"total_products": 0, "total_sales": 0, "average_rating": 0.0, "total_reviews": 0}


def test_who_is_no_seller(shopper: Caller, passer_by: Caller) -> None:
    for nobody in (shopper.person_id, 999_999_999_999, 0, -1, 10**30, "me", "1.5", "%20"):
        answer = passer_by.get(f"/sellers/{nobody}/")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_seller_is_one_while_being_a_seller(staff: Caller, merchant: Caller, passer_by: Caller) -> None:
    path = f"/sellers/{merchant.person_id}/"
    staff.core.command("revoke-role", person_id=merchant.person_id, role="seller")
    assert passer_by.get(path).status_code == 404
    staff.core.command("grant-role", person_id=merchant.person_id, role="seller")
    assert passer_by.get(path).status_code == 200
    staff.core.command("deactivate-account", person_id=merchant.person_id)
    assert passer_by.get(path).status_code == 404


def test_the_newest_are_shown(merchant: Caller, shopper: Caller, passer_by: Caller, shelf: dict[str, Any]) -> None:
    made = [merchant.core.product(category_reference=shelf["slug"]) for _ in range(52)]
    opinion = {"rating": 3, "policy": "marketplace"}
    written = [
        shopper.core.command("write-review", product_id=one["product_id"], **opinion)["result"]["review_id"]
        for one in made[:11]
    ]
    page = passer_by.get(f"/sellers/{merchant.person_id}/").json()
    assert [one["id"] for one in page["products"]] == [one["product_id"] for one in made[:1:-1]]
    assert [one["id"] for one in page["reviews"]] == written[:0:-1]
    assert (page["stats"]["total_products"], page["stats"]["total_reviews"]) == (52, 11)
