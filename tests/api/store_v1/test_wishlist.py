"""The wishlist: a toggle, and a list of what is on it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support.product import Client
from support.shopper import Shopper, refused

from write_side.identifiers import to_uuid

ADDED = {"message": "Product added to wishlist", "in_wishlist": True}
REMOVED = {"message": "Product removed from wishlist", "in_wishlist": False}


def toggle(shopper: Shopper, product: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = shopper.post(f"/products/{product['slug']}/wishlist/")
    return answer.status_code, answer.json()


def listed(shopper: Shopper, **asked: object) -> Any:
    answer = shopper.get("/products/wishlist/me/", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def slugs(shopper: Shopper) -> list[str]:
    return [wish["product"]["slug"] for wish in listed(shopper)["results"]]


def test_a_toggle_flips(shopper: Shopper, goods: Client) -> None:
    product = goods.product()
    assert toggle(shopper, product) == (201, ADDED)
    assert slugs(shopper) == [product["slug"]]
    assert toggle(shopper, product) == (200, REMOVED)
    assert listed(shopper) == {"count": 0, "next": None, "previous": None, "results": []}
    assert toggle(shopper, product) == (201, ADDED)


def test_a_repeated_toggle_with_one_key_flips_once(shopper: Shopper, goods: Client) -> None:
    path, key = f"/products/{goods.product()['slug']}/wishlist/", {"Idempotency-Key": "wish-1"}
    for _ in range(2):
        answer = shopper.post(path, headers=key)
        assert (answer.status_code, answer.json()) == (201, ADDED)
    assert listed(shopper)["count"] == 1


def test_simultaneous_toggles_are_each_one(shopper: Shopper, goods: Client) -> None:
    product = goods.product()
    with ThreadPoolExecutor(7) as threads:
        answers = list(threads.map(lambda _: toggle(shopper, product), range(7)))
    assert sorted(status for status, _ in answers) == [200] * 3 + [201] * 4
    assert slugs(shopper) == [product["slug"]]


def test_the_latest_addition_is_first_and_shown_as_it_is_now(shopper: Shopper, goods: Client) -> None:
    first, second, third = (goods.product(name=name, price="5.00", stock=2) for name in ("A", "B", "C"))
    for product in (first, second, third):
        toggle(shopper, product)
    toggle(shopper, first)
    toggle(shopper, first)
    assert slugs(shopper) == [first["slug"], third["slug"], second["slug"]]
    goods.command("update-product", product_id=first["product_id"], price="7.50", available=0)
    wish = listed(shopper)["results"][0]
    assert wish.pop("added_at").endswith("Z")
    assert wish == {
        "product": {
            "id": str(to_uuid("product", first["product_id"])),
            "name": "A",
            "slug": first["slug"],
            "price": "7.50",
            "quantity": 0,
            "is_in_stock": False,
        }
    }
    page = listed(shopper, page_size=2)
    assert (page["count"], len(page["results"]), page["previous"]) == (3, 2, None)
    rest = shopper.http.get(page["next"]).json()
    assert ([w["product"]["slug"] for w in rest["results"]], rest["next"]) == ([second["slug"]], None)
    refused(shopper.get("/products/wishlist/me/", params={"page": 2}), 404, "not_found")


def test_a_list_is_ones_own(passer_by: Shopper, shopper: Shopper, goods: Client) -> None:
    toggle(shopper, goods.product())
    assert listed(passer_by.newcomer())["count"] == 0


def test_what_is_sold_no_longer_may_stay_and_not_come(shopper: Shopper, passer_by: Shopper, goods: Client) -> None:
    product = goods.product(stock=5)
    toggle(shopper, product)
    goods.command("update-product", product_id=product["product_id"], active=False)
    assert listed(shopper)["results"][0]["product"]["is_in_stock"] is False
    path = f"/products/{product['slug']}/wishlist/"
    refused(passer_by.newcomer().post(path), 404, "not_found", "Product not found")
    refused(shopper.post("/products/no-such-product/wishlist/"), 404, "not_found", "Product not found")
    assert toggle(shopper, product) == (200, REMOVED)
    refused(shopper.post(path), 404, "not_found", "Product not found")


def test_the_path_wins_over_a_product_of_that_name(shopper: Shopper, goods: Client) -> None:
    assert goods.send("create-product", name="W", price="1", slug="wishlist").status_code in (200, 409)
    goods.query("brands")  # what others see needs a moment
    assert shopper.get("/products/wishlist/").json()["slug"] == "wishlist"
    assert "results" in listed(shopper)
