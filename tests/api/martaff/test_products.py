"""Products as martaff's clients make and change them."""

import json
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from support.pictures import HOSTILE, picture
from support.product import unique
from support.surfaces import Caller

SHOWN = [
    "id", "manufacturer", "name", "description", "price", "discount_percent", "discount_price", "category", "is_active",
]  # fmt: skip
ADD = "/products/add-product/"
NO_STOCK = {"non_field_errors": ["You must provide either a stock value or at least one variation."]}
M_RED = {"size": "M", "color": "red", "stock": 40}
S_BLUE = {"size": "S", "color": "blue", "stock": 30}


def body(**fields: Any) -> dict[str, Any]:
    whole = {"name": unique("Shirt"), "price": "20.00", "category": {"name": "Shirts"}, "stock": 60, **fields}
    return {name: value for name, value in whole.items() if value is not ...}


def add(merchant: Caller, **fields: Any) -> dict[str, Any]:
    answer = merchant.post(ADD, body(**fields))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def patch(merchant: Caller, product: dict[str, Any], **fields: Any) -> httpx.Response:
    return merchant.patch(f"/products/update-product/{product['id']}/", fields)


def put(merchant: Caller, product: dict[str, Any], **fields: Any) -> httpx.Response:
    return merchant.put(f"/products/put-product/{product['id']}/", body(**fields))


def stocks(merchant: Caller, product: dict[str, Any]) -> tuple[int, dict[str, int]]:
    """What there is in all, and of each variation."""
    assert merchant.native is not None
    known = merchant.native.http.get(f"/queries/product/{product['id']}").json()
    return known["available"], {one["name"]: one["available"] for one in known["variants"]}


def categories(product: dict[str, Any]) -> list[str]:
    names, at = [], product["category"]
    while at is not None:
        names.append(at["name"])
        at = at["parent"]
    return names


def test_a_new_product(merchant: Caller) -> None:
    name = unique("Shirt")
    shown = add(merchant, name=name, description="Cotton", manufacturer=1, discount_percent=12.5)
    assert list(shown) == SHOWN
    assert isinstance(shown.pop("id"), int)
    assert shown == {
        "manufacturer": merchant.person_id,
        "name": name,
        "description": "Cotton",
        "price": "20.00",
        "discount_percent": 12.5,
        "discount_price": "17.50",
        "category": {"name": "Shirts", "parent": None},
        "is_active": True,
    }


@pytest.mark.parametrize(
    ("sent", "price", "percent", "discounted"),
    [
        ({"price": 19.99}, "19.99", None, None),
        ({"price": "19.99", "discount_percent": 15}, "19.99", 15.0, "16.99"),
        ({"price": "0.01", "discount_percent": "50"}, "0.01", 50.0, "0.01"),
        ({"price": "10", "discount_percent": 100}, "10.00", 100.0, "0.00"),
        ({"discount_price": "15.50"}, "20.00", None, "15.50"),
        ({"discount_percent": 10, "discount_price": 15}, "20.00", 10.0, "15.00"),
    ],
)
def test_prices_are_exact(merchant: Caller, sent: Any, price: str, percent: float | None, discounted: str) -> None:
    shown = add(merchant, **sent)
    assert (shown["price"], shown["discount_percent"], shown["discount_price"]) == (price, percent, discounted)


def test_a_later_price_follows_the_percentage_and_not_a_given_discount(merchant: Caller) -> None:
    product = add(merchant, discount_percent=10)
    assert patch(merchant, product, price="50.00").json()["discount_price"] == "45.00"
    assert patch(merchant, product, discount_price="30.00").json()["discount_percent"] == 10
    assert patch(merchant, product, price="60.00").json()["discount_price"] == "30.00"
    refused = patch(merchant, product, price="29.99", discount_price="30.00")
    assert (refused.status_code, list(refused.json())) == (400, ["discount_price"])
    gone = patch(merchant, product, discount_percent=None, discount_price=None).json()
    assert (gone["price"], gone["discount_percent"], gone["discount_price"]) == ("60.00", None, None)
    assert patch(merchant, product, discount_price="30.00").status_code == 200
    ended = patch(merchant, product, price="29.99").json()
    assert (ended["price"], ended["discount_percent"], ended["discount_price"]) == ("29.99", None, None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ...}, "name"),
        ({"name": "  "}, "name"),
        ({"name": None}, "name"),
        ({"name": "nul\x00"}, "name"),
        ({"price": ...}, "price"),
        ({"price": "-0.01"}, "price"),
        ({"price": "1.999"}, "price"),
        ({"price": "cheap"}, "price"),
        ({"price": 1e300}, "price"),
        ({"price": True}, "price"),
        ({"discount_percent": 100.5}, "discount_percent"),
        ({"discount_percent": -1}, "discount_percent"),
        ({"discount_percent": "much"}, "discount_percent"),
        ({"discount_price": "20.01"}, "discount_price"),
        ({"category": ...}, "category"),
        ({"category": None}, "category"),
        ({"category": {}}, "category"),
        ({"category": {"name": " "}}, "category"),
        ({"category": {"name": "A", "parent": "B"}}, "category"),
        ({"category": ["A"]}, "category"),
        ({"category": "{"}, "category"),
        ({"stock": -1}, "stock"),
        ({"stock": 1.5}, "stock"),
        ({"stock": True}, "stock"),
        ({"stock": 2**31}, "stock"),
        ({"variations": [{"size": "M", "stock": -1}]}, "variations"),
        ({"variations": [{"size": "M"}]}, "variations"),
        ({"variations": [{"stock": 1}]}, "variations"),
        ({"variations": {"size": "M", "stock": 1}}, "variations"),
        ({"variations": ["M"]}, "variations"),
        ({"variations": [M_RED, M_RED]}, "variations"),
        ({"variations": [{"size": ["M"], "stock": 1}]}, "variations"),
        ({"variations": [{"size": True, "stock": 1}]}, "variations"),
        ({"variations": [{"size": "nul\x00", "stock": 1}]}, "variations"),
        ({"variations": [{"size": "x" * 301, "stock": 1}]}, "variations"),
        ({"images": ["picture.png"]}, "images"),
        ({"images": "picture.png"}, "images"),
        ({"is_active": "perhaps"}, "is_active"),
    ],
)
def test_what_does_not_fit_is_named(merchant: Caller, wrong: dict[str, Any], field: str) -> None:
    answer = merchant.post(ADD, body(**wrong))
    assert (answer.status_code, list(answer.json())) == (400, [field]), answer.text


def test_the_contract_s_own_words_for_two_mistakes(merchant: Caller) -> None:
    for nothing in ({"stock": ...}, {"stock": ..., "variations": []}, {"stock": None, "variations": None}):
        answer = merchant.post(ADD, body(**nothing))
        assert (answer.status_code, answer.json()) == (400, NO_STOCK)
    answer = merchant.post(ADD, body(variations="[{"))
    assert (answer.status_code, answer.json()) == (400, {"variations": "Invalid JSON format"})
    for raw, kind in (("{", "application/json"), ("[]", "application/json")):
        broken = merchant.send("POST", ADD, content=raw, headers={"content-type": kind})
        assert broken.status_code == 400
    assert merchant.send("POST", ADD, content="x", headers={"content-type": "text/plain"}).status_code == 415


def test_forms_carry_categories_and_variations_as_text(merchant: Caller) -> None:
    form = {
        "name": unique("Shirt"),
        "price": "20.00",
        "category": json.dumps({"name": "Tees", "parent": {"name": "Shirts"}}),
        "variations": json.dumps([M_RED, S_BLUE]),
        "discount_percent": "10",
        "discount_price": "",
        "is_active": "false",
    }
    for files in (None, {"nothing": ("", b"")}):
        answer = merchant.send("POST", ADD, data=form, files=files)
        assert answer.status_code == 201, answer.text
        shown = answer.json()
        assert (categories(shown), shown["is_active"]) == (["Tees", "Shirts"], False)
        assert (shown["discount_percent"], shown["discount_price"]) == (10, "18.00")
        assert stocks(merchant, shown) == (70, {"M / red": 40, "S / blue": 30})
        changed = merchant.send("PATCH", f"/products/update-product/{shown['id']}/", data={"stock": "5", "name": "Top"})
        assert changed.json()["name"] == "Top"
    answer = merchant.send("POST", ADD, data={**form, "variations": "S, M"})
    assert (answer.status_code, answer.json()) == (400, {"variations": "Invalid JSON format"})


def test_pictures_come_with_the_product_and_are_kept_or_replaced(merchant: Caller) -> None:
    def form(*files: tuple[str, bytes], **more: str) -> dict[str, Any]:
        fields = {"name": unique("Shirt"), "price": "20.00", "category": '{"name": "Shirts"}', "stock": "60", **more}
        return {"data": fields, "files": [("images", file) for file in files]}

    def shown(product: dict[str, Any]) -> list[str]:
        known = browser.get(f"/queries/product/{product['id']}").json()
        return [image["address"] for image in known["images"]]

    browser = merchant.core.http
    red, blue = ((f"{color}.png", picture(color=(color, 0, 0))) for color in (200, 9))
    made = merchant.send("POST", ADD, **form(red, blue))
    assert made.status_code == 201, made.text
    product = made.json()
    first = shown(product)
    assert [browser.get(address).content for address in first] == [red[1], blue[1]]
    update, whole = f"/products/update-product/{product['id']}/", f"/products/put-product/{product['id']}/"
    assert merchant.patch(update, {"name": "Top"}).status_code == 200
    assert shown(product) == first
    for method, path in (("PATCH", update), ("PUT", whole)):
        assert merchant.send(method, path, **form(blue)).status_code == 200
        [address] = shown(product)
        assert (browser.get(address).content, browser.get(first[0]).status_code) == (blue[1], 404)
    for hostile in HOSTILE.values():
        for method, path in (("POST", ADD), ("PATCH", update), ("PUT", whole)):
            refused = merchant.send(method, path, **form(blue, ("picture.png", hostile), name="Hostile"))
            assert (refused.status_code, list(refused.json())) == (400, ["images"])
    assert shown(product) == [address]
    assert "Hostile" not in browser.get(f"/queries/product/{product['id']}").text
    assert merchant.send("PATCH", update, **form(("", b""))).status_code == 200, "no file was chosen"
    merchant.send("PATCH", update, **form(red))
    assert (put(merchant, product).status_code, shown(product)) == (200, []), "the whole product has none"


def test_categories_are_made_to_any_depth_and_used_again(merchant: Caller) -> None:
    top = unique("Root")
    category: dict[str, Any] | None = None
    names = [top, *(f"level {n}" for n in range(29))]
    for name in names:
        category = {"name": name, "parent": category} if category else {"name": name}
    assert categories(add(merchant, category=category)) == names[::-1]
    again = add(merchant, category={"name": "LEVEL 0", "parent": {"name": top.upper()}})
    assert categories(again) == ["level 0", top]
    for _ in range(100):
        category = {"name": "x", "parent": category}
    answer = merchant.post(ADD, body(category=category))
    assert (answer.status_code, list(answer.json())) == (400, ["category"])
    bottomless = '{"name":"x","parent":' * 5000
    assert merchant.send("POST", ADD, data=body(category=bottomless)).status_code == 400


def test_a_change_in_part_leaves_the_rest(merchant: Caller) -> None:
    product = add(merchant, description="Cotton", category={"name": "Tees", "parent": {"name": "Shirts"}})
    changes: list[dict[str, Any]] = [
        {"name": "Top"},
        {"description": ""},
        {"price": "30.00"},
        {"is_active": False},
        {"discount_price": "25.00"},
        {},
    ]
    for change in changes:
        answer = patch(merchant, product, **change)
        product |= change
        assert (answer.status_code, answer.json()) == (200, product)
    assert patch(merchant, product, price="25.01").json()["discount_price"] == "25.00"
    assert patch(merchant, product, price="20.00", discount_price="20.01").status_code == 400
    ended = patch(merchant, product, price="20.00")
    assert (ended.status_code, ended.json()["price"], ended.json()["discount_price"]) == (200, "20.00", None)
    assert patch(merchant, product, discount_price="20.01").status_code == 400
    for blank in ({"name": ""}, {"name": None}, {"price": None}, {"category": None}, {"category": {}}):
        refused = patch(merchant, product, **blank)
        assert (refused.status_code, list(refused.json())) == (400, list(blank))


def test_a_category_given_in_part_keeps_its_other_part(merchant: Caller) -> None:
    product = add(merchant, category={"name": "Tees", "parent": {"name": "Shirts"}})

    def moved(**category: Any) -> list[str]:
        return categories(patch(merchant, product, category=category).json())

    assert moved(name="Polos") == ["Polos", "Shirts"]
    assert moved(parent={"name": "Sale", "parent": {"name": "Winter"}}) == ["Polos", "Sale", "Winter"]
    assert moved(name="Tees", parent={"name": "Shirts"}) == ["Tees", "Shirts"]
    assert moved(name="Tees", parent=None) == ["Tees"]
    assert patch(merchant, product, category={"parent": None}).status_code == 400


def test_variations_are_merged_by_a_change_and_replaced_by_a_whole_product(merchant: Caller) -> None:
    product = add(merchant, variations=[M_RED, S_BLUE])
    assert stocks(merchant, product) == (70, {"M / red": 40, "S / blue": 30}), (
        "the stock beside them counts for nothing"
    )
    assert patch(merchant, product, variations=[{**M_RED, "stock": 1}, {"size": 42, "stock": 9}]).status_code == 200
    assert stocks(merchant, product) == (40, {"M / red": 1, "S / blue": 30, "42": 9})
    unsized = [{"size": None, "color": "red", "stock": 2}]
    assert stocks(merchant, add(merchant, stock=..., variations=unsized)) == (2, {"red": 2})
    assert patch(merchant, product, variations=[{"size": None, "color": None, "stock": 2}]).status_code == 400
    assert patch(merchant, product, variations=[]).status_code == 200
    assert stocks(merchant, product)[0] == 40
    assert put(merchant, product, stock=..., variations=[S_BLUE]).status_code == 200
    assert stocks(merchant, product) == (30, {"S / blue": 30})
    assert put(merchant, product, stock=8).status_code == 200
    assert stocks(merchant, product) == (8, {})
    assert patch(merchant, product, stock=9).status_code == 200
    assert stocks(merchant, product)[0] == 9


def test_a_whole_product_replaces_the_old_one(merchant: Caller) -> None:
    product = add(merchant, description="Cotton", discount_percent=10, is_active=False)
    new = put(merchant, product, name="Top", price="5.00", category={"name": "Tops"}, manufacturer=1)
    assert new.status_code == 200
    assert new.json() == {
        **product,
        "name": "Top",
        "description": "",
        "price": "5.00",
        "discount_percent": None,
        "discount_price": None,
        "category": {"name": "Tops", "parent": None},
        "is_active": True,
    }
    for field in ("name", "price", "category"):
        refused = put(merchant, product, **{field: ...})
        assert (refused.status_code, list(refused.json())) == (400, [field])
    refused = put(merchant, product, stock=...)
    assert (refused.status_code, refused.json()) == (400, NO_STOCK)


def test_who_may(merchant: Caller, shopper: Caller, passer_by: Caller, staff: Caller) -> None:
    product, rival = add(merchant), merchant.newcomer("seller")
    one = f"{product['id']}/"
    rows = [
        ("PATCH", "update-product/", {"name": "Mine"}),
        ("PUT", "put-product/", body()),
        ("DELETE", "delete-product/", None),
    ]
    for caller, status in ((passer_by, 401), (shopper, 403), (rival, 403)):
        if caller is not rival:
            assert caller.post(ADD, body()).status_code == status
        for method, path, sent in rows:
            assert caller.send(method, f"/products/{path}{one}", sent).status_code == status
    for method, path, sent in rows:
        for nothing in ("999999999", "x"):
            assert merchant.send(method, f"/products/{path}{nothing}/", sent).status_code == 404
    assert patch(merchant, product).json() == product
    assert add(staff)["manufacturer"] == int(staff.core.query("account")["person_id"])
    assert patch(staff, product, description="by staff").json() == {**product, "description": "by staff"}
    gone = staff.delete(f"/products/delete-product/{one}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert merchant.delete(f"/products/delete-product/{one}").status_code == 404
    assert patch(merchant, product, name="Again").status_code == 404


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/products/add-product/", "POST, OPTIONS"), ("/products/update-product/1/", "PATCH, OPTIONS")],
)
def test_a_path_describes_itself(passer_by: Caller, path: str, allow: str) -> None:
    options = passer_by.send("OPTIONS", path)
    assert (options.status_code, options.headers["allow"]) == (200, allow)
    assert options.json()["parses"] == [
        "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
    ]  # fmt: skip
    wrong = passer_by.get(path)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, allow)


def test_low_stock_is_one_letter_to_the_manufacturer_until_it_is_restocked(merchant: Caller) -> None:
    core = merchant.core
    core.command("update-profile", first_name="Ada")
    product = add(merchant, stock=6)
    for stock in (5, 4, 6, 0):
        assert patch(merchant, product, stock=stock).status_code == 200
    marker = add(merchant, stock=5)  # the last letter: those before it have been sent, or never will be
    letters = _letters(merchant, marker["name"])
    about = [mail for mail in letters if mail["Subject"] == f"Low Stock Alert: {product['name']}"]
    assert sorted(_lines(mail)[1] for mail in about) == [
        f'Your product "{product["name"]}" is low on stock: {left} left.' for left in (0, 5)
    ]
    for mail in about:
        lines = _lines(mail)
        assert mail["To"] == core.email
        assert (lines[0], lines[2:]) == ("Hello Ada,", ["Please restock soon."])


def _lines(mail: EmailMessage) -> list[str]:
    return [line for line in mail.get_content().splitlines() if line]


def _letters(caller: Caller, last: str) -> list[EmailMessage]:
    """All to this person, once the one about `last` has come."""
    deadline = time.monotonic() + 20
    while True:
        mails = [
            message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)  # type: ignore[arg-type]
            for path in (caller.home / "outbox").glob("*.eml")
        ]
        mine = [mail for mail in mails if mail["To"] == caller.core.email]
        if any(last in mail["Subject"] for mail in mine):
            time.sleep(0.5)  # workers are several
            return mine
        assert time.monotonic() < deadline, [mail["Subject"] for mail in mine]
        time.sleep(0.1)
