"""Products as staff writes them, and what of them is low on stock."""

from typing import Any

import pytest
from support.product import Client, unique
from support.shopper import Shopper, refused

WHOLE: dict[str, Any] = {
    "name": "Kettle",
    "price": "2499.99",
    "description": "Boils water.",
    "quantity": 7,
    "compare_price": "2999.99",
    "cost_price": "1000.00",
    "weight": "1.25",
    "dimensions": "20x20x30",
    "is_featured": True,
}


@pytest.fixture(scope="module")
def category(goods: Client) -> str:
    """A category's slug."""
    root = unique("Shelf")
    goods.product(category=[root])
    tree = goods.query("categories")["items"]
    return str(next(node["slug"] for node in tree if node["name"] == root))


@pytest.fixture
def made(staff: Shopper, category: str) -> dict[str, Any]:
    answer = staff.post("/products/", WHOLE | {"category": category, "sku": unique("K")})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_new_product_is_answered_whole_and_there(staff: Shopper, passer_by: Shopper, category: str) -> None:
    sku = unique("K")
    answer = staff.post("/products/", WHOLE | {"category": category, "sku": sku})
    assert answer.status_code == 201
    page = answer.json()
    assert {name: page[name] for name in WHOLE} == WHOLE
    assert (page["sku"], page["is_in_stock"], page["discount_percentage"]) == (sku, True, 17)
    assert page["category"]["name"].startswith("Shelf")
    assert passer_by.get(f"/products/{page['slug']}/").json() == page | {"cost_price": None}


def test_whoever_asks_from_there_finds_what_was_just_written(
    staff: Shopper, passer_by: Shopper, shopper: Shopper, category: str
) -> None:
    word = unique("Samovar").lower()
    slug = staff.post("/products/", {"name": f"A {word}", "price": 3, "category": category}).json()["slug"]
    for reader in (passer_by, shopper, staff):
        assert reader.get("/products/", params={"search": word, "in_stock": "false"}).json()["count"] == 1
    for quantity in (5, 0, 3):
        changed = staff.put(f"/products/{slug}/", {"quantity": quantity})
        assert changed.json()["quantity"] == quantity, changed.text
        assert passer_by.get("/products/", params={"search": word, "in_stock": "true"}).json()["count"] == bool(
            quantity
        )
    assert staff.delete(f"/products/{slug}/").status_code == 204
    assert passer_by.get("/products/", params={"search": word}).json()["count"] == 0


def test_name_price_and_category_are_enough(staff: Shopper, category: str) -> None:
    body = {"name": "Cup", "price": 3, "category": category}
    page = staff.post("/products/", body).json()
    assert (page["price"], page["quantity"], page["compare_price"], page["weight"]) == ("3.00", 0, None, None)
    for name in body:
        details = refused(
            staff.post("/products/", {k: v for k, v in body.items() if k != name}), 400, "validation_error"
        )
        assert details == {name: ["This field is required."]}


def test_what_is_sent_changes_and_the_rest_stays(staff: Shopper, made: dict[str, Any]) -> None:
    path = f"/products/{made['slug']}/"
    answer = staff.put(path, {"price": "2000.00", "quantity": 3, "name": "Pot"})
    assert answer.status_code == 200
    assert answer.json() == made | {"price": "2000.00", "quantity": 3, "name": "Pot", "discount_percentage": 33}
    sku = unique("P")
    cleared = staff.put(path, {"compare_price": None, "weight": None, "dimensions": None, "sku": sku, "weight_": 1})
    assert cleared.json() == answer.json() | {
        "compare_price": None, "weight": None, "dimensions": None, "sku": sku, "discount_percentage": 0
    }  # fmt: skip
    assert staff.put(path, {}).json() == cleared.json()
    assert staff.get(path).json() == cleared.json()


def test_a_whole_body_sent_back_changes_nothing(staff: Shopper, goods: Client) -> None:
    product = goods.product(stock=4, category=[unique("Box")], variants=[{"name": "Red", "stock": 3}])
    path = f"/products/{product['slug']}/"
    page = staff.get(path).json()
    sent = {k: v for k, v in page.items() if k != "category"}
    assert staff.put(path, sent).json() == page
    details = refused(staff.put(path, {"quantity": 2}), 400, "validation_error")
    assert list(details) == ["quantity"]
    assert staff.put(path, {"quantity": 3}).json()["quantity"] == 3


def test_a_price_change_leaves_orders_alone(shopper: Shopper, staff: Shopper, goods: Client) -> None:
    product = goods.product(price="10.00")
    order = shopper.order(product)
    assert staff.put(f"/products/{product['slug']}/", {"price": "99.00"}).status_code == 200
    assert shopper.get(f"/orders/{order['id']}/").json()["total_amount"] == order["total_amount"] == "16.00"


def test_a_deleted_product_is_gone_and_its_sku_free(
    staff: Shopper, passer_by: Shopper, made: dict[str, Any], category: str
) -> None:
    path = f"/products/{made['slug']}/"
    answer = staff.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(passer_by.get(path), 404, "not_found", "Product not found")
    refused(staff.delete(path), 404, "not_found", "Product not found")
    refused(staff.put(path, {"price": "1"}), 404, "not_found", "Product not found")
    assert made["slug"] not in [p["slug"] for p in passer_by.get("/products/").json()["results"]]
    again = {"name": "Again", "price": "1", "category": category, "sku": made["sku"]}
    assert staff.post("/products/", again).status_code == 201


def test_a_sku_is_taken_once(staff: Shopper, made: dict[str, Any], goods: Client, category: str) -> None:
    body = {"name": "Cup", "price": "3.00", "category": category, "sku": made["sku"]}
    for answer in (staff.post("/products/", body), staff.put(f"/products/{goods.product()['slug']}/", body)):
        assert list(refused(answer, 409, "conflict", "Product already exists")) == ["sku"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", None), ("price", "-1"), ("price", None), ("price", "x"), ("price", "1.999"),
        ("category", "no-such-category"), ("category", None), ("sku", "x" * 101), ("sku", ""), ("quantity", -1),
        ("quantity", 1.5), ("quantity", None), ("compare_price", "-1"), ("cost_price", "NaN"), ("weight", "heavy"),
        ("weight", -1), ("weight", True), ("dimensions", "x" * 201), ("is_featured", "yes"), ("description", 7),
    ],
)  # fmt: skip
def test_values_that_do_not_fit(staff: Shopper, made: dict[str, Any], category: str, field: str, value: object) -> None:
    whole = {"name": "Cup", "price": "3.00", "category": category, field: value}
    assert list(refused(staff.post("/products/", whole), 400, "validation_error")) == [field]
    assert list(refused(staff.put(f"/products/{made['slug']}/", {field: value}), 400, "validation_error")) == [field]


@pytest.mark.parametrize("role", ["buyer", "seller"])
def test_others_are_not_staff(anyone: Client, goods: Client, category: str, role: str) -> None:
    client = anyone.newcomer(role)
    product = client.product() if role == "seller" else goods.product()
    body = {"name": "Cup", "price": "3.00", "category": category}
    for method, path in (
        ("POST", "/products/"),
        ("PUT", f"/products/{product['slug']}/"),
        ("DELETE", f"/products/{product['slug']}/"),
        ("GET", "/stock/low/"),
    ):
        answer = client.http.request(method, f"/api/v1{path}", json=None if method in ("GET", "DELETE") else body)
        refused(answer, 403, "permission_denied")
    assert client.http.get(f"/api/v1/products/{product['slug']}/").status_code == 200


def test_what_is_low_on_stock(staff: Shopper, shopper: Shopper, goods: Client) -> None:
    def low() -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        address: str | None = "/stock/low/?page_size=100"
        while address is not None:
            page = staff.http.get(address).json()
            found |= {entry["slug"]: entry for entry in page["results"]}
            address = page["next"]
        quantities = [entry["quantity"] for entry in found.values()]
        assert quantities == sorted(quantities)
        return found

    plenty, few, hidden = goods.product(stock=12), goods.product(stock=10), goods.product(stock=1, active=False)
    before = low()
    assert plenty["slug"] not in before and hidden["slug"] not in before
    entry = before[few["slug"]]
    assert set(entry) == {"id", "name", "slug", "sku", "quantity", "threshold"}
    assert (entry["sku"], entry["quantity"], entry["threshold"]) == (few["sku"], 10, 10)
    shopper.order(plenty, 2)
    assert low()[plenty["slug"]]["quantity"] == 10
    goods.command("adjust-stock", sku=plenty["sku"], to=11)
    assert plenty["slug"] not in low()
