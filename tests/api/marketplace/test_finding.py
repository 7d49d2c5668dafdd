"""Lists of products: what each filter lets through, in which order, page by page."""

from typing import Any

import pytest
from support.product import unique
from support.shelf import category, product, slugs
from support.surfaces import Caller


@pytest.fixture(scope="module")
def shelf(staff: Caller) -> dict[str, Any]:
    return category(staff)


@pytest.fixture(scope="module")
def maker(passer_by: Caller) -> Caller:
    return passer_by.newcomer("seller")


@pytest.fixture(scope="module")
def goods(maker: Caller, shelf: dict[str, Any]) -> dict[str, str]:
    """Slugs by what the products are. They are searchable."""
    brand = unique("Acme")
    wanted: dict[str, dict[str, Any]] = {
        "lamp": {"name": "Zedlamp & shade", "price": "20.00", "brand": brand, "tags": ["new", "Sale Now"]},
        "Vase": {"name": "Zedvase", "price": "100.00", "description": "a zedlamp's neighbour", "tags": ["old"]},
        "chair": {"name": "zedchair C++ (oak)", "price": "9.99", "stock_quantity": 0, "is_featured": True},
        "cloth": {"name": "Zedtuch 桌布", "price": "20.00", "brand": brand, "is_featured": True, "tags": ["new"]},
    }
    made = {what: product(maker, shelf, **fields)["slug"] for what, fields in wanted.items()}
    product(maker, shelf, name="Zedlamp hidden", is_active=False)
    found = maker.get("/products/", params={"seller": maker.person_id})  # waits for what its caller wrote
    assert set(slugs(found)) == set(made.values())
    return made | {"brand": brand}


def words(goods: dict[str, str], answer: Any) -> list[str]:
    """What was found, in the order of the answer."""
    by_slug = {slug: what for what, slug in goods.items()}
    return [by_slug.get(slug, slug) for slug in slugs(answer)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"search": "zedlamp"}, {"lamp", "Vase"}),
        ({"search": "ZEDL"}, {"lamp", "Vase"}),
        ({"search": "zedlamp sha"}, {"lamp"}),
        ({"search": "neigh zedv"}, {"Vase"}),
        ({"search": "Zedlamp & shade"}, {"lamp"}),
        ({"search": "zedchair (oak)"}, {"chair"}),
        ({"search": "zedchair C++"}, {"chair"}),
        ({"search": "zedtuch 桌"}, {"cloth"}),
        ({"search": "edlamp"}, set()),
        ({"search": "zedlemp"}, set()),
        ({"search": "zedlamps"}, set()),
        ({"search": "zedlamp nothing"}, set()),
        ({"search": "zedlamp AND"}, set()),
        ({"search": "zedlamp OR zedvase"}, set()),
        ({"search": "name:zedlamp"}, set()),
        ({"search": "zed*lamp"}, set()),
        ({"search": "zedlamp~2"}, set()),
        ({"search": '"zedlamp'}, {"lamp", "Vase"}),
        ({"search": "/zed.*/"}, set()),
        ({"search": "   "}, {"lamp", "Vase", "chair", "cloth"}),
        ({"min_price": "20"}, {"lamp", "Vase", "cloth"}),
        ({"min_price": "20.01"}, {"Vase"}),
        ({"max_price": "19.999"}, {"chair"}),
        ({"min_price": "9.99", "max_price": "20.00"}, {"lamp", "chair", "cloth"}),
        ({"min_price": "1e3"}, set()),
        ({"max_price": "-1"}, set()),
        ({"tags": "new"}, {"lamp", "cloth"}),
        ({"tags": "OLD, sale now"}, {"lamp", "Vase"}),
        ({"tags": "sale"}, set()),
        ({"tags": " , "}, {"lamp", "Vase", "chair", "cloth"}),
        ({"brand": "BRAND"}, {"lamp", "cloth"}),
        ({"brand": "no such brand"}, set()),
        ({"in_stock": "true"}, {"lamp", "Vase", "cloth"}),
        ({"in_stock": "No"}, {"chair"}),
        ({"is_featured": "1"}, {"chair", "cloth"}),
        ({"is_featured": "false"}, {"lamp", "Vase"}),
        ({"is_featured": "on", "tags": "new", "min_price": "1", "search": "zed"}, {"cloth"}),
        ({"unknown": "x", "ordering": "stock"}, {"lamp", "Vase", "chair", "cloth"}),
    ],
)
def test_each_filter(
    passer_by: Caller, maker: Caller, goods: dict[str, str], asked: dict[str, str], expected: set[str]
) -> None:
    asked = {name: goods["brand"].upper() if value == "BRAND" else value for name, value in asked.items()}
    answer = passer_by.get("/products/", params={**asked, "seller": maker.person_id})
    assert set(words(goods, answer)) == expected
    assert answer.headers["X-Total-Count"] == str(len(expected))


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("price", ["chair", "lamp", "cloth", "Vase"]),
        ("-price", ["Vase", "cloth", "lamp", "chair"]),
        ("name", ["chair", "lamp", "cloth", "Vase"]),
        ("-name", ["Vase", "cloth", "lamp", "chair"]),
        ("created_at", ["lamp", "Vase", "chair", "cloth"]),
        ("-created_at", ["cloth", "chair", "Vase", "lamp"]),
        ("", ["cloth", "chair", "Vase", "lamp"]),
        ("rating", ["cloth", "chair", "Vase", "lamp"]),
    ],
)
def test_each_order(
    passer_by: Caller, maker: Caller, goods: dict[str, str], shelf: dict[str, Any], ordering: str, expected: list[str]
) -> None:
    answer = passer_by.get("/products/", params={"seller": maker.person_id, "ordering": ordering})
    assert words(goods, answer) == expected
    within = passer_by.get(f"/categories/{shelf['slug']}/products/", params={"ordering": ordering})
    assert words(goods, within) == expected


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"min_price": "cheap"}, "min_price"),
        ({"max_price": "NaN"}, "max_price"),
        ({"seller": "me"}, "seller"),
        ({"seller": "-1"}, "seller"),
        ({"in_stock": "perhaps"}, "in_stock"),
        ({"is_featured": "2"}, "is_featured"),
        ({"search": "a\x00b"}, "search"),
    ],
)
def test_a_filter_of_the_wrong_type(
    passer_by: Caller, shelf: dict[str, Any], asked: dict[str, str], field: str
) -> None:
    for path in ("/products/", f"/categories/{shelf['slug']}/products/"):
        answer = passer_by.get(path, params=asked)
        assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("text", ["x" * 5000, "a " * 2000, "{}", '{"match_all":{}}', "\\", "𓀀", "%00%", "' OR 1=1"])
def test_every_text_is_safe(passer_by: Caller, text: str) -> None:
    asked = {"search": text, "tags": text, "brand": text, "category": text, "ordering": text}
    for name in asked:
        assert passer_by.get("/products/", params={name: asked[name], "page": 1}).status_code == 200
    assert passer_by.get("/products/", params={"seller": "9" * 400}).json() == []


def test_a_category_is_named_by_slug_or_id_and_what_is_below_does_not_count(
    passer_by: Caller, staff: Caller, maker: Caller, goods: dict[str, str], shelf: dict[str, Any]
) -> None:
    below = category(staff, parent_id=shelf["category_id"])
    lower = product(maker, below)
    for reference in (shelf["slug"], str(shelf["category_id"])):
        assert len(slugs(passer_by.get("/products/", params={"category": reference}))) == 4
        both = passer_by.get("/products/", params={"category": reference, "search": "zedlamp"})
        assert set(words(goods, both)) == {"lamp", "Vase"}
    assert slugs(passer_by.get("/products/", params={"category": below["slug"]})) == [lower["slug"]]
    assert slugs(passer_by.get("/products/", params={"category": "no-such-shelf"})) == []
    own = f"/categories/{shelf['slug']}/products/"
    assert len(slugs(passer_by.get(own))) == 4
    assert slugs(passer_by.get(own, params={"category": below["slug"]})) == []
    assert words(goods, passer_by.get(own, params={"search": "zedv", "category": shelf["slug"]})) == ["Vase"]


def test_pages_neither_repeat_nor_skip(maker: Caller, goods: dict[str, str]) -> None:
    for ordering in ("price", "-name", "created_at"):
        asked: dict[str, Any] = {"seller": maker.person_id, "ordering": ordering, "page_size": 3}
        whole = slugs(maker.get("/products/", params={"seller": maker.person_id, "ordering": ordering}))
        assert set(goods.values()) - {goods["brand"]} <= set(whole)
        seen: list[str] = []
        link: str | None = str(maker.http.build_request("GET", "/products/", params=asked).url)
        while link is not None:
            page = maker.http.get(link).json()
            assert page["count"] == len(whole)
            seen += [one["slug"] for one in page["results"]]
            link = page["next"]
        assert seen == whole


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"page": "1"}, 200),
        ({"page": "0"}, 404),
        ({"page": "-1"}, 404),
        ({"page": "two"}, 404),
        ({"page": "99999999"}, 404),
        ({"page": "9" * 50}, 404),
        ({"page_size": "0"}, 200),
        ({"page_size": "1000"}, 200),
        ({"page_size": "x"}, 200),
    ],
)
def test_pages_that_there_are(passer_by: Caller, asked: dict[str, str], status: int) -> None:
    for more in ({}, {"search": "zed"}):
        answer = passer_by.get("/products/", params=asked | more)
        assert answer.status_code == status, answer.text
        if status == 200:
            assert set(answer.json()) == {"count", "next", "previous", "results"}
            assert len(answer.json()["results"]) <= 100


def test_page_1_of_nothing_is_an_empty_page(passer_by: Caller) -> None:
    answer = passer_by.get("/products/", params={"search": unique("nothing"), "page": 1})
    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_stock_and_price_in_lists_are_todays(passer_by: Caller, maker: Caller, shelf: dict[str, Any]) -> None:
    made = product(maker, shelf, price="50.00", stock_quantity=5)
    maker.patch(f"/products/{made['slug']}/", {"price": "51.00", "stock_quantity": 0})
    for asked in ({}, {"min_price": "50"}):  # from Redis, and from the search, which waits for what its caller wrote
        found = maker.get("/products/", params=asked).json()
        (shown,) = [one for one in found if one["id"] == made["id"]]
        assert (shown["price"], shown["stock_quantity"]) == ("51.00", 0)
