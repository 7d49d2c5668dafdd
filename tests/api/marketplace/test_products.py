"""Products as sellers write them: created, changed, hidden and shown again."""

from typing import Any

import pytest
from support.product import unique
from support.shelf import category, product, slugs
from support.surfaces import Caller

LISTED = {
    "id", "name", "slug", "price", "stock_quantity", "is_active", "is_featured", "brand", "tags", "category", "seller",
    "primary_image", "average_rating", "review_count", "created_at",
}  # fmt: skip
WHOLE = LISTED | {"description", "sku", "images", "is_favorited", "updated_at"}


@pytest.fixture(scope="module")
def shelf(staff: Caller) -> dict[str, Any]:
    return category(staff)


@pytest.fixture(scope="module")
def merchant(passer_by: Caller) -> Caller:
    return passer_by.newcomer("seller")


@pytest.fixture(scope="module")
def shopper(passer_by: Caller) -> Caller:
    return passer_by.newcomer()


@pytest.fixture(scope="module")
def rival(passer_by: Caller) -> Caller:
    return passer_by.newcomer("seller")


def test_a_product_is_created_and_shown_as_it_was_sent(
    merchant: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    sku, brand = unique("S"), unique("Brand")
    sent = {
        "name": "Oak table",
        "price": 120.5,
        "category": shelf["category_id"],
        "description": "For six.",
        "stock_quantity": 3,
        "sku": sku,
        "brand": brand,
        "tags": ["oak", "Table", "OAK"],
        "is_featured": "Yes",
        "seller": 1,
        "slug": "mine",
        "images": ["no.png"],
        "rating": 5,
    }
    answer = merchant.post("/products/", sent)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert set(made) == WHOLE
    expected = {
        "name": "Oak table",
        "price": "120.50",
        "description": "For six.",
        "stock_quantity": 3,
        "sku": sku,
        "brand": brand,
        "tags": ["oak", "Table"],
        "is_active": True,
        "is_featured": True,
        "seller": {"id": merchant.person_id, "username": f"user-{merchant.person_id}"},
        "primary_image": None,
        "images": [],
        "average_rating": 0.0,
        "review_count": 0,
        "is_favorited": False,
    }
    assert {name: made[name] for name in expected} == expected
    assert (made["category"]["id"], made["category"]["slug"]) == (shelf["category_id"], shelf["slug"])
    assert made["slug"].startswith("oak-table")
    assert passer_by.get(f"/products/{made['slug']}/").json() == made
    (listed,) = [one for one in merchant.get("/products/my_products/").json() if one["id"] == made["id"]]
    assert listed == {name: made[name] for name in LISTED}


def test_a_number_is_a_category_s_id_and_text_its_slug_first(
    merchant: Caller, staff: Caller, shelf: dict[str, Any]
) -> None:
    number = shelf["category_id"]
    confusing = category(staff, slug=str(number))
    assert product(merchant, shelf, category=number)["category"]["id"] == number
    for text in (str(number), str(confusing["category_id"])):
        assert product(merchant, shelf, category=text)["category"]["id"] == confusing["category_id"]
    staff.core.command("remove-category", category_id=confusing["category_id"])


def test_slugs_are_unique_and_no_words_of_paths(merchant: Caller, passer_by: Caller, shelf: dict[str, Any]) -> None:
    name = unique("Lamp")
    made = [product(merchant, shelf, name=name)["slug"] for _ in range(2)]
    made += [
        product(merchant, shelf, name=name)["slug"] for name in ("favorites", "my_products", "茶壺", "茶壺", "!!!")
    ]
    assert len(set(made)) == len(made)
    assert not {"favorites", "my_products"} & set(made)
    for slug in made:
        assert passer_by.get(f"/products/{slug}/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": None}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": 5}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"price": "0"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "1.999"}, "price"),
        ({"price": "100000000.00"}, "price"),
        ({"price": 10**400}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": True}, "price"),
        ({"price": []}, "price"),
        ({"category": "no-such-shelf"}, "category"),
        ({"category": "no such!"}, "category"),
        ({"category": 999_999_999_999}, "category"),
        ({"category": 10**30}, "category"),
        ({"category": {"id": 1}}, "category"),
        ({"stock_quantity": -1}, "stock_quantity"),
        ({"stock_quantity": 2_147_483_648}, "stock_quantity"),
        ({"stock_quantity": 1.5}, "stock_quantity"),
        ({"stock_quantity": True}, "stock_quantity"),
        ({"stock_quantity": None}, "stock_quantity"),
        ({"description": 5}, "description"),
        ({"brand": "x" * 101}, "brand"),
        ({"sku": "x" * 101}, "sku"),
        ({"tags": [1]}, "tags"),
        ({"tags": {"a": "b"}}, "tags"),
        ({"tags": ["x" * 101]}, "tags"),
        ({"is_active": "maybe"}, "is_active"),
        ({"is_featured": None}, "is_featured"),
    ],
)
def test_what_does_not_fit_is_said_by_field_and_changes_nothing(
    merchant: Caller, shelf: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:
    made = product(merchant, shelf)
    sent = {"name": "N", "price": "1.00", "category": shelf["slug"], "brand": "Other", **wrong}
    path = f"/products/{made['slug']}/"
    answers = [
        merchant.post("/products/", sent),
        merchant.put(path, sent),
        merchant.patch(path, wrong | {"tags": ["t"], **wrong}),
    ]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert all(isinstance(text, str) for text in answer.json()[field])
    assert merchant.get(path).json() == made


@pytest.mark.parametrize("missing", ["name", "price", "category"])
def test_what_is_required_is(merchant: Caller, shelf: dict[str, Any], missing: str) -> None:
    made = product(merchant, shelf)
    sent = {"name": "N", "price": "1.00", "category": shelf["slug"]}
    del sent[missing]
    for answer in (merchant.post("/products/", sent), merchant.put(f"/products/{made['slug']}/", sent)):
        assert (answer.status_code, list(answer.json())) == (400, [missing])
    assert merchant.patch(f"/products/{made['slug']}/", sent).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"null", b"\xff", b'{"name": "\\ud800"}'])
def test_bodies_that_are_none(merchant: Caller, shelf: dict[str, Any], body: bytes) -> None:
    made = product(merchant, shelf)
    for method, path in (
        ("POST", "/products/"),
        ("PUT", f"/products/{made['slug']}/"),
        ("PATCH", f"/products/{made['slug']}/"),
    ):
        answer = merchant.http.request(method, path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text
        assert isinstance(answer.json(), dict)


def test_forms_say_everything_as_text(merchant: Caller, shelf: dict[str, Any]) -> None:
    fields = {
        "name": unique("Form"),
        "price": "5",
        "category": str(shelf["category_id"]),
        "stock_quantity": "7",
        "tags": ["red, blue", "green"],
        "is_active": "ON",
        "is_featured": "0",
    }
    for options in ({"data": fields}, {"data": fields, "files": {"ignored": ("a.txt", b"a")}}):
        answer = merchant.send("POST", "/products/", **options)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert (made["price"], made["stock_quantity"], made["tags"]) == ("5.00", 7, ["red", "blue", "green"])
        assert (made["is_active"], made["is_featured"]) == (True, False)
        changed = merchant.send("PATCH", f"/products/{made['slug']}/", data={"is_active": "off", "tags": ""})
        assert (changed.json()["is_active"], changed.json()["tags"]) == (False, [])
    bad = merchant.send("POST", "/products/", data=fields | {"stock_quantity": "many", "is_active": "perhaps"})
    assert (bad.status_code, set(bad.json())) == (400, {"stock_quantity", "is_active"})


def test_a_sku_is_unique_when_it_is_given(merchant: Caller, staff: Caller, shelf: dict[str, Any]) -> None:
    sku = unique("SKU")
    first, second = product(merchant, shelf, sku=sku), product(merchant, shelf, sku="")
    for answer in (
        staff.post("/products/", {"name": "N", "price": "1", "category": shelf["slug"], "sku": sku}),
        merchant.patch(f"/products/{second['slug']}/", {"sku": sku, "name": "Other"}),
    ):
        assert (answer.status_code, list(answer.json())) == (400, ["sku"])
    assert merchant.get(f"/products/{second['slug']}/").json() == second
    assert merchant.patch(f"/products/{first['slug']}/", {"sku": sku}).status_code == 200
    assert product(merchant, shelf, sku=None)["sku"] not in ("", sku)


def test_put_writes_what_is_sent_and_keeps_the_slug(merchant: Caller, shelf: dict[str, Any], staff: Caller) -> None:
    other = category(staff)
    made = product(merchant, shelf, description="old", brand="B", tags=["t"])
    sent = {
        "name": "Renamed",
        "price": "7.5",
        "category": other["slug"],
        "description": "new",
        "stock_quantity": 0,
        "brand": "",
        "tags": ["u"],
        "is_featured": True,
    }
    answer = merchant.put(f"/products/{made['slug']}/", sent)
    assert answer.status_code == 200, answer.text
    now = answer.json()
    assert (now["slug"], now["id"], now["created_at"]) == (made["slug"], made["id"], made["created_at"])
    assert {name: now[name] for name in ("name", "description", "stock_quantity", "brand", "tags", "is_featured")} == {
        "name": "Renamed", "description": "new", "stock_quantity": 0, "brand": "", "tags": ["u"], "is_featured": True,
    }  # fmt: skip
    assert (now["price"], now["category"]["slug"]) == ("7.50", other["slug"])
    assert now["updated_at"] > made["updated_at"]
    assert merchant.get(f"/products/{made['slug']}/").json() == now


def test_patch_changes_what_is_sent_alone(merchant: Caller, shelf: dict[str, Any]) -> None:
    made = product(merchant, shelf, description="D", tags=["t"], brand="B", is_featured=True)
    for sent in ({"name": "New name"}, {"price": "1.01"}, {"stock_quantity": 4}, {"tags": []}, {"is_featured": "no"}):
        answer = merchant.patch(f"/products/{made['slug']}/", sent)
        assert answer.status_code == 200, answer.text
        now = answer.json()
        changed = {name for name in WHOLE if now[name] != made[name]} - {"updated_at"}
        assert changed == set(sent)
        made = now
    assert merchant.patch(f"/products/{made['slug']}/", {"slug": "x", "seller": 1, "views": 2}).json() == made


def test_who_may_write(
    merchant: Caller, rival: Caller, shopper: Caller, staff: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    sent = {"name": "N", "price": "1.00", "category": shelf["slug"]}
    made = product(merchant, shelf)
    path = f"/products/{made['slug']}/"
    assert passer_by.post("/products/", sent).status_code == 401
    assert shopper.post("/products/", sent).status_code == 403
    for method, body in (("PUT", sent), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
        assert passer_by.send(method, path, body).status_code == 401
        for caller in (shopper, rival):
            assert caller.send(method, path, body).status_code == 403
        assert rival.send(method, "/products/no-such-thing/", body).status_code == 404
    forged = passer_by.http.patch(path, json={"name": "Mine"}, headers={"Authorization": "Bearer x.y.z"})
    assert forged.status_code == 401
    assert merchant.get(path).json() == made
    assert staff.patch(path, {"name": "By staff"}).json()["seller"]["id"] == merchant.person_id
    assert product(staff, shelf)["seller"]["id"] == staff.core.query("account")["person_id"]


def test_hidden_products_are_their_seller_s_and_the_staff_s(
    merchant: Caller, rival: Caller, shopper: Caller, staff: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    made = product(merchant, shelf)
    path = f"/products/{made['slug']}/"
    assert merchant.patch(path, {"is_active": False}).json()["is_active"] is False
    for caller, status in ((merchant, 200), (staff, 200), (shopper, 404), (passer_by, 404)):
        assert caller.get(path).status_code == status
    assert rival.patch(path, {"name": "Mine"}).status_code in (403, 404)
    assert made["slug"] not in slugs(passer_by.get("/products/"))
    assert made["slug"] not in slugs(passer_by.get(f"/categories/{shelf['slug']}/products/"))
    assert made["slug"] in slugs(merchant.get("/products/my_products/"))
    assert merchant.patch(path, {"is_active": "true"}).json()["is_active"] is True
    assert passer_by.get(path).status_code == 200


def test_deleting_hides_and_orders_keep_their_lines(
    merchant: Caller, shopper: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    made = product(merchant, shelf)
    address = shopper.core.address()
    shopper.core.command("add-to-cart", product_id=made["id"], quantity=2)
    order = shopper.core.command("place-order", shipping_address_id=address)["result"]["order_id"]
    path = f"/products/{made['slug']}/"
    answer = merchant.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert merchant.delete(path).status_code == 404
    assert (passer_by.get(path).status_code, merchant.get(path).json()["is_active"]) == (404, False)
    assert made["slug"] not in slugs(passer_by.get("/products/"))
    assert shopper.core.query(f"order/{order}")["lines"][0]["product_id"] == made["id"]
    assert merchant.patch(path, {"is_active": True}).status_code == 200
    assert passer_by.get(path).json()["stock_quantity"] == 8


def test_clicks_count_for_products_on_sale(
    merchant: Caller, shopper: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    made = product(merchant, shelf)
    for caller in (passer_by, shopper):
        answer = caller.post(f"/products/{made['slug']}/click/")
        assert (answer.status_code, answer.json()) == (200, {"clicked": True})
    assert passer_by.post("/products/no-such-thing/click/").status_code == 404
    merchant.delete(f"/products/{made['slug']}/")
    assert passer_by.post(f"/products/{made['slug']}/click/").status_code == 404


def test_my_products_are_the_caller_s_alone(
    rival: Caller, shopper: Caller, passer_by: Caller, shelf: dict[str, Any]
) -> None:
    seller = passer_by.newcomer("seller")
    made = [product(seller, shelf)["slug"] for _ in range(3)]
    product(rival, shelf)
    answer = seller.get("/products/my_products/")
    assert slugs(answer) == made[::-1]
    assert answer.headers["X-Total-Count"] == "3"
    page = seller.get("/products/my_products/", params={"page": 2, "page_size": 2}).json()
    assert (page["count"], page["next"], [one["slug"] for one in page["results"]]) == (3, None, made[:1])
    assert page["previous"].endswith("page_size=2&page=1")
    assert seller.get("/products/my_products/", params={"page": 3, "page_size": 2}).status_code == 404
    refused = [caller.get("/products/my_products/").status_code for caller in (passer_by, shopper)]
    assert refused == [401, 403]
