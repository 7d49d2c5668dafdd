"""Categories, their counts and what is in them."""

import time
from typing import Any

import pytest
from support.shelf import category, product, slugs
from support.surfaces import Caller

FIELDS = {"id", "name", "slug", "description", "subcategories", "product_count"}


@pytest.fixture(scope="module")
def shelf(staff: Caller) -> dict[str, Any]:
    return category(staff, description="Things of zedwood")


def named(answer: Any, slug: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (found,) = [one for one in answer.json() if one["slug"] == slug]
    assert isinstance(found, dict)
    return found


def test_a_category_shows_what_is_below_it_and_how_many_products_it_has(
    passer_by: Caller, staff: Caller, merchant: Caller, shelf: dict[str, Any]
) -> None:
    below = category(staff, parent_id=shelf["category_id"])
    lowest = category(staff, parent_id=below["category_id"])
    product(merchant, shelf)
    product(merchant, shelf, is_active=False)
    product(merchant, below)
    gone = product(merchant, shelf)
    merchant.delete(f"/products/{gone['slug']}/")
    shown = passer_by.get(f"/categories/{shelf['slug']}/").json()
    assert set(shown) == FIELDS
    assert (shown["id"], shown["description"], shown["product_count"]) == (
        shelf["category_id"],
        "Things of zedwood",
        1,
    )
    (child,) = shown["subcategories"]
    assert (child["slug"], child["product_count"]) == (below["slug"], 1)
    assert [one["slug"] for one in child["subcategories"]] == [lowest["slug"]]
    listed = passer_by.get("/categories/")
    assert named(listed, shelf["slug"]) == shown
    assert named(listed, below["slug"]) == child


def test_a_search_looks_in_names_and_descriptions(passer_by: Caller, staff: Caller, shelf: dict[str, Any]) -> None:
    for text in ("ZEDWOOD", "zedw", "of zedwood", shelf["slug"].upper()):
        found = passer_by.get("/categories/", params={"search": text}).json()
        assert shelf["slug"] in [one["slug"] for one in found], text
    for text in ("zedstone", f"{shelf['slug']} zedstone", "*", "z%d"):
        found = passer_by.get("/categories/", params={"search": text}).json()
        assert shelf["slug"] not in [one["slug"] for one in found], text
    bare, page = passer_by.get("/categories/"), passer_by.get("/categories/", params={"page": 1, "page_size": 1}).json()
    assert page["count"] == int(bare.headers["X-Total-Count"]) == len(bare.json())
    assert page["results"] == bare.json()[:1]
    assert passer_by.get("/categories/", params={"page": 10**6}).status_code == 404


def test_what_is_not_there(passer_by: Caller, staff: Caller, merchant: Caller) -> None:
    gone = category(staff)
    kept = product(merchant, gone)
    staff.core.command("remove-category", category_id=gone["category_id"])
    for slug in ("no-such-shelf", "no such!", gone["slug"], str(gone["category_id"])):
        assert passer_by.get(f"/categories/{slug}/").status_code == 404
        assert passer_by.get(f"/categories/{slug}/products/").status_code == 404
    assert gone["slug"] not in slugs(passer_by.get("/categories/"))
    assert passer_by.get(f"/products/{kept['slug']}/").json()["category"] is None
    refused = merchant.post("/products/", {"name": "N", "price": "1.00", "category": gone["slug"]})
    assert (refused.status_code, list(refused.json())) == (400, ["category"])


def test_products_of_a_category_that_has_none(passer_by: Caller, staff: Caller) -> None:
    empty = category(staff)
    answer = passer_by.get(f"/categories/{empty['slug']}/products/")
    assert (answer.json(), answer.headers["X-Total-Count"]) == ([], "0")


def test_visits_and_views_are_counted_without_being_waited_for(
    passer_by: Caller, shopper: Caller, merchant: Caller, staff: Caller
) -> None:
    within = category(staff)
    made = product(merchant, within)
    for caller in (passer_by, shopper, shopper):
        assert slugs(caller.get(f"/categories/{within['slug']}/products/")) == [made["slug"]]
        assert caller.get(f"/products/{made['slug']}/").status_code == 200
        assert caller.post(f"/products/{made['slug']}/click/").status_code == 200
    assert passer_by.get(f"/categories/{within['slug']}/products/", params={"in_stock": "x"}).status_code == 400
    deadline = time.monotonic() + 20

    def counted() -> tuple[int, int, int]:
        metrics = merchant.core.query(f"product-metrics/{made['id']}")
        pages = staff.core.query("category-visits", size=100)["items"]
        visits = [one["visits"] for one in pages if one["category_id"] == within["category_id"]]
        return metrics["views"], metrics["clicks"], sum(visits)

    while counted() != (3, 3, 3):
        assert time.monotonic() < deadline, counted()
        time.sleep(0.1)
