"""Categories, the product list and a product's page."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.product import Client, unique
from support.shopper import Shopper, refused

from write_side.identifiers import to_uuid


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [product["name"] for product in answer.json()["results"]]


def word() -> str:
    """One that no other product has, for a search."""
    return unique("word").replace("-", "")


def category_of(passer_by: Shopper, root: str) -> dict[str, Any]:
    tree = passer_by.get("/products/categories/").json()["results"]
    found: dict[str, Any] = next(category for category in tree if category["name"] == root)
    return found


def test_categories_are_a_tree(passer_by: Shopper, goods: Client) -> None:
    root = unique("Home")
    goods.product(category=[root, "Kitchen", "Kettles"])
    goods.product(category=[root, "Garden"])
    found = category_of(passer_by, root)
    assert set(found) == {"id", "name", "slug", "description", "image", "children"}
    assert [child["name"] for child in found["children"]] == ["Kitchen", "Garden"]
    assert [leaf["name"] for leaf in found["children"][0]["children"]] == ["Kettles"]
    everything = passer_by.get("/products/categories/").json()
    assert list(everything) == ["results"]
    assert "Kitchen" not in [category["name"] for category in everything["results"]]


def test_a_products_page(passer_by: Shopper, goods: Client) -> None:
    root = unique("Home")
    made = goods.product(
        name="Kettle",
        price="2499.99",
        compare_price="2999.99",
        cost_price="1000",
        stock=7,
        description="Boils water.",
        category=[root],
        weight="1.25",
        dimensions="20x20x30",
        featured=True,
        image="/media/kettle.svg",
        variants=[
            {"name": "Red", "price": "2599.00", "stock": 2, "attributes": {"color": "red"}},
            {"name": "Blue", "stock": 1, "attributes": {"color": "blue"}},
        ],
    )
    answer = passer_by.get(f"/products/{made['slug']}/")
    assert answer.status_code == 200
    page = answer.json()
    assert page.pop("created_at").endswith("Z")
    image = page.pop("images")[0]
    assert set(image) == {"id", "image", "alt_text", "is_primary", "order"}
    assert image["image"] == f"{passer_by.url}/media/kettle.svg"
    assert image["is_primary"] is True
    red, blue = page.pop("variants")
    assert red == {
        "id": str(to_uuid("variant", made["variants"][0]["variant_id"])),
        "name": "Red",
        "sku": made["variants"][0]["sku"],
        "price": "2599.00",
        "quantity": 2,
        "attributes": {"color": "red"},
    }
    assert (blue["price"], blue["quantity"]) == ("2499.99", 1)
    assert page == {
        "id": str(to_uuid("product", made["product_id"])),
        "name": "Kettle",
        "slug": made["slug"],
        "description": "Boils water.",
        "price": "2499.99",
        "compare_price": "2999.99",
        "cost_price": None,
        "sku": made["sku"],
        "quantity": 10,
        "is_in_stock": True,
        "is_featured": True,
        "weight": "1.25",
        "dimensions": "20x20x30",
        "discount_percentage": 17,
        "category": {"id": category_of(passer_by, root)["id"], "name": root},
        "reviews": [],
        "average_rating": 0.0,
        "review_count": 0,
    }


def test_the_cost_price_is_for_staff(shopper: Shopper, goods: Client, admin: Client) -> None:
    made = goods.product(cost_price="5.00")
    assert shopper.get(f"/products/{made['slug']}/").json()["cost_price"] is None
    page = admin.http.get(f"/api/v1/products/{made['slug']}/")
    assert page.json()["cost_price"] == "5.00"


@pytest.mark.parametrize(
    ("price", "before", "percent"),
    [("10.00", None, 0), ("10.00", "9.00", 0), ("0.00", "10.00", 100), ("7.50", "10", 25)],
)
def test_the_discount_is_in_whole_percent(
    passer_by: Shopper, goods: Client, price: str, before: str | None, percent: int
) -> None:
    made = goods.product(price=price, compare_price=before)
    assert passer_by.get(f"/products/{made['slug']}/").json()["discount_percentage"] == percent


def test_what_is_not_sold_is_not_found(passer_by: Shopper, goods: Client) -> None:
    hidden = goods.product(active=False)
    for slug in (hidden["slug"], "no-such-product", "a%00b"):
        refused(passer_by.get(f"/products/{slug}/"), 404, "not_found", "Product not found")


def test_the_plain_list_is_newest_first(passer_by: Shopper, goods: Client) -> None:
    made = [goods.product()["slug"] for _ in range(3)]
    hidden = goods.product(active=False)["slug"]
    answer = passer_by.get("/products/", params={"page_size": 100}).json()
    slugs = [product["slug"] for product in answer["results"]]
    assert [slug for slug in slugs if slug in made] == made[::-1]
    assert hidden not in slugs
    assert set(answer["results"][0]) == {
        "id", "name", "slug", "price", "compare_price", "quantity", "is_in_stock", "is_featured",
        "discount_percentage", "category", "images", "average_rating", "review_count",
    }  # fmt: skip


def test_filters_all_hold(passer_by: Shopper, goods: Client) -> None:
    root = unique("Shoes")
    for name, price, stock, path in (
        ("cheap", "10.00", 5, [root]),
        ("middle", "20.00", 0, [root, "Boots"]),
        ("dear", "30.00", 5, [root, "Boots"]),
        ("other", "20.00", 5, [unique("Hats")]),
    ):
        goods.product(name=name, price=price, stock=stock, category=path)
    slug = category_of(passer_by, root)["slug"]

    def listed(**asked: Any) -> list[str]:
        return names(goods.http.get("/api/v1/products/", params={"category": slug, **asked}))

    assert listed() == ["dear", "middle", "cheap"]
    assert listed(min_price="20", max_price="30.00") == ["dear", "middle"]
    assert listed(min_price="10.01", max_price="29.999") == ["middle"]
    assert listed(in_stock="true") == ["dear", "cheap"]
    assert listed(in_stock="False") == ["middle"]
    assert listed(ordering="price") == ["cheap", "middle", "dear"]
    assert listed(ordering="-price") == ["dear", "middle", "cheap"]
    assert listed(ordering="created_at") == ["cheap", "middle", "dear"]
    assert listed(ordering="-created_at") == ["dear", "middle", "cheap"]
    assert listed(ordering="name") == ["cheap", "dear", "middle"]
    assert listed(min_price="1e30") == []
    assert listed(max_price="-5") == []
    assert names(passer_by.get("/products/", params={"category": "no-such-category"})) == []


def test_a_search_looks_in_name_description_and_sku(goods: Client) -> None:
    there = word()
    goods.product(name=f"Kettle {there}", price="5.00")
    goods.product(description=f"A {there} of sorts", price="3.00")
    goods.product(sku=f"{there}-77")
    goods.product(name="Nothing of it")
    found = names(goods.http.get("/api/v1/products/", params={"search": there}))
    assert len(found) == 3
    assert "Nothing of it" not in found
    dear = {"search": there, "min_price": "4", "max_price": "6"}
    assert names(goods.http.get("/api/v1/products/", params=dear)) == [f"Kettle {there}"]


def test_a_search_sees_what_its_caller_has_just_written(goods: Client) -> None:
    for _ in range(5):
        there = word()
        # Not through `command`, which waits: the search itself has to.
        assert goods.send("create-product", name=f"Cup {there}", price="4.00", stock=1).status_code == 200
        assert names(goods.http.get("/api/v1/products/", params={"search": there})) == [f"Cup {there}"]


def test_what_was_done_on_the_native_surface_is_there(goods: Client, passer_by: Shopper, shopper: Shopper) -> None:
    for _ in range(20):
        slug = word()
        # Not through `command`, which waits.
        goods.send("create-product", name=slug, slug=slug, price="4.00", stock=1)
        found = passer_by.get(f"/products/{slug}/")
        assert (found.status_code, found.json()["slug"]) == (200, slug)
        assert shopper.post(f"/products/{slug}/wishlist/").status_code == 201


def test_pages_lead_to_each_other_and_keep_the_question(passer_by: Shopper, goods: Client) -> None:
    root = unique("Pages")
    for number in range(5):
        goods.product(name=f"Thing {number}", category=[root])
    slug = category_of(passer_by, root)["slug"]
    asked = {"category": slug, "ordering": "name", "page_size": 2, "search": "thing"}
    first = goods.http.get("/api/v1/products/", params=asked).json()
    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"].startswith(f"{goods.url}/api/v1/products/?")
    kept = parse_qs(urlsplit(first["next"]).query)
    assert kept == {"category": [slug], "ordering": ["name"], "page_size": ["2"], "search": ["thing"], "page": ["2"]}
    second = goods.http.get(first["next"]).json()
    third = goods.http.get(second["next"]).json()
    assert third["next"] is None
    seen = [product["name"] for page in (first, second, third) for product in page["results"]]
    assert seen == [f"Thing {number}" for number in range(5)]
    assert goods.http.get(third["previous"]).json() == second
    assert goods.http.get(second["previous"]).json()["results"] == first["results"]


def test_page_sizes(passer_by: Shopper, goods: Client) -> None:
    made = goods.product(variants=[])
    assert made
    assert len(names(passer_by.get("/products/"))) <= 20
    assert passer_by.get("/products/", params={"page_size": 100000}).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "999999", "99999999999999999999", "\u0661"])
@pytest.mark.parametrize("search", [None, "thing"])
def test_a_page_that_is_not_there(passer_by: Shopper, page: str, search: str | None) -> None:
    asked = {"page": page} | ({"search": search} if search else {})
    refused(passer_by.get("/products/", params=asked), 404, "not_found")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_price", "abc"),
        ("max_price", "NaN"),
        ("max_price", "Infinity"),
        ("min_price", "1,5"),
        ("in_stock", "maybe"),
        ("ordering", "weight"),
        ("search", "a\x00b"),
        ("page_size", "x"),
        ("page_size", "0"),
    ],
)
def test_a_question_that_does_not_fit(passer_by: Shopper, name: str, value: str) -> None:
    answer = passer_by.get("/products/", params={name: value})
    assert list(refused(answer, 400, "validation_error")) == [name]


@pytest.mark.parametrize("text", ['"unbalanced', "a AND (b", "*", "\\", "é" * 500, "x" * 3000, "💥"])
def test_a_search_takes_any_text(passer_by: Shopper, text: str) -> None:
    assert passer_by.get("/products/", params={"search": text}).status_code == 200


def test_a_client_asks_whether_a_page_changed(passer_by: Shopper, goods: Client) -> None:
    path = f"/products/{goods.product()['slug']}/"
    tag = passer_by.get(path).headers["etag"]
    assert passer_by.get(path, headers={"If-None-Match": tag}).status_code == 304
