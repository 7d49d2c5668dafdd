"""The list of products: what it shows, and every filter."""

from typing import Any

import pytest
from support.product import unique
from support.surfaces import Caller

from api.martaff.routes.product_list import CEILING


@pytest.fixture(scope="module")
def goods(passer_by: Caller) -> dict[str, dict[str, Any]]:
    """By a word that is theirs alone, which their names end with."""
    merchant, word = passer_by.newcomer("seller"), unique("w").replace("-", "")
    made = {}
    for key, fields in {
        "blue": {"name": f"Blue Kettle {word}", "price": "100.00", "discount_percent": 50},
        "red": {"name": f"Red KETTLE {word}", "price": "99.99", "category": {"name": f"Pots {word}"}},
        "pot": {"name": f"Kettles {word}", "price": "10.00", "description": "blue kettle"},
        "old": {"name": f"Old kettle {word}", "price": "1.00", "is_active": False},
    }.items():
        category = {"name": f"Kettles {word}", "parent": {"name": f"Kitchen {word}"}}
        answer = merchant.post("/products/add-product/", {"category": category, "stock": 50, **fields})
        assert answer.status_code == 201, answer.text
        made[key] = answer.json()
    shown = merchant.get("/products/list", params={"search": word})
    assert [product["id"] for product in shown.json()] == [made[key]["id"] for key in ("pot", "red", "blue")]
    return {"word": {"word": word}, **made}


def test_the_plain_list_has_what_is_on_sale_newest_first(passer_by: Caller, goods: dict[str, Any]) -> None:
    for path in ("/products/list", "/products/list/"):
        shown = passer_by.get(path).json()
        assert isinstance(shown, list) and len(shown) <= CEILING
        ids = [product["id"] for product in shown]
        assert sorted(ids, reverse=True) != [] and len(set(ids)) == len(ids)
        mine = [product for product in shown if goods["word"]["word"] in product["name"]]
        assert mine == [goods["pot"], goods["red"], goods["blue"]]
        # The shop goes on meanwhile: of others' products there may be more by now.
        same: list[dict[str, Any]] = [{"params": {"is_active": "true", "search": "", "price_min": ""}}]
        same += [{"headers": {"Authorization": sent}} for sent in ("Bearer stale", "Bearer", "Basic eDp5")]
        for options in same:
            again = passer_by.get(path, **options)
            assert again.status_code == 200, "it is nobody's"
            assert [product for product in again.json() if goods["word"]["word"] in product["name"]] == mine


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"search": "KETTLE"}, {"blue", "red"}),
        ({"search": "kettle blue"}, {"blue"}),
        ({"name": "kettle blue"}, {"blue"}),
        ({"search": "kettle", "name": "red"}, {"red"}),
        ({"search": "kettel"}, set()),
        ({"search": "kett"}, set()),
        ({"search": "!!!"}, set()),
        ({"price_min": "100", "price_max": "100.00"}, {"blue"}),
        ({"price_max": "99.99"}, {"red", "pot"}),
        ({"price_min": "99.991"}, {"blue"}),
        ({"category": "kettles"}, {"blue", "pot"}),
        ({"category": "Kitchen"}, set()),
        ({"category": "no such"}, set()),
        ({"is_active": "false"}, {"old"}),
        ({"is_active": "False", "search": "kettle", "price_max": "1"}, {"old"}),
        ({"is_active": "true", "category": "POTS", "search": "kettle", "price_min": "0"}, {"red"}),
    ],
)
def test_filters_combine(passer_by: Caller, goods: dict[str, Any], asked: dict[str, str], found: set[str]) -> None:
    word = goods["word"]["word"]
    if "category" in asked:
        asked = {**asked, "category": f"{asked['category']} {word}"}
    name = f"{asked.get('name', '')} {word}"  # only ours
    answer = passer_by.get("/products/list", params={**asked, "name": name})
    assert answer.status_code == 200
    assert {product["id"] for product in answer.json()} == {goods[key]["id"] for key in found}


@pytest.mark.parametrize(
    ("name", "value"),
    [("is_active", "maybe"), ("price_min", "cheap"), ("price_max", "NaN"), ("price_min", "inf"), ("search", "\x00")],
)
def test_what_cannot_be_read_is_refused(passer_by: Caller, name: str, value: str) -> None:
    answer = passer_by.get("/products/list", params={name: value})
    assert (answer.status_code, list(answer.json())) == (400, [name])


@pytest.mark.parametrize("value", ["1e400", "-5", "99999999999999999999"])
def test_bounds_that_no_price_has_are_no_mistake(passer_by: Caller, value: str) -> None:
    assert passer_by.get("/products/list", params={"price_min": value, "search": "x"}).status_code == 200


def test_what_is_deleted_leaves_the_list(passer_by: Caller) -> None:
    merchant, name = passer_by.newcomer("seller"), unique("Gone")
    body = {"name": name, "price": "1.00", "stock": 9, "category": {"name": "Things"}}
    product = merchant.post("/products/add-product/", body).json()
    assert passer_by.get("/products/list", params={"name": name}).json() == [product], (
        "who wrote it reads without a token"
    )
    assert merchant.delete(f"/products/delete-product/{product['id']}/").status_code == 204
    for active in ("true", "false"):
        assert passer_by.get("/products/list", params={"name": name, "is_active": active}).json() == []
    assert product not in merchant.get("/products/list").json()
