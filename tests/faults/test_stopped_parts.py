"""What still works while a part is stopped, and that all of it works again when the part is back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from support.pictures import picture
from support.product import Client
from support.whole import Whole

from read_side.queries.search_cache import KEPT
from storefold.outside import build_storage
from storefold.running import located
from storefold.settings import Settings


@contextmanager
def stopped(whole: Whole, *parts: str) -> Iterator[None]:
    for part in parts:
        whole.supervisor.halt(part)
    try:
        yield
    finally:
        for part in parts:
            whole.supervisor.resume(part)
        whole.settle()


@pytest.fixture(scope="module")
def shop(whole: Whole) -> dict[str, Any]:
    """A buyer with an order and something in the cart."""
    seller, buyer = whole.anyone.newcomer("seller"), whole.anyone.newcomer()
    goods = seller.product(stock=1000)
    buyer.command("add-to-cart", product_id=goods["product_id"], quantity=1)
    order_id = buyer.command("place-order", shipping_address_id=buyer.address())["result"]["order_id"]
    buyer.command("add-to-cart", product_id=goods["product_id"], quantity=1)
    whole.settle()
    return {"seller": seller, "buyer": buyer, "goods": goods, "order_id": order_id}


def queries(shop: dict[str, Any]) -> dict[str, int]:
    """Every query but the searches, and how it is answered."""
    buyer: Client = shop["buyer"]
    seller: Client = shop["seller"]
    paths = [
        (buyer, f"product/{shop['goods']['slug']}"), (buyer, "products"), (buyer, "categories"), (buyer, "brands"),
        (buyer, "cart"), (buyer, f"order/{shop['order_id']}"), (buyer, "orders"), (buyer, "account"),
        (seller, "orders?scope=sales"), (seller, f"stock/{shop['goods']['sku']}"),
        (seller, "product-metrics"), (seller, f"product-metrics/{shop['goods']['product_id']}"), (seller, "dashboard"),
    ]  # fmt: skip
    answers = {path: who.http.get(f"/queries/{path}").status_code for who, path in paths}
    for path in (
        "products/",
        f"products/{shop['goods']['slug']}/",
        "products/categories/",
        "cart/",
        "orders/",
        "auth/me/",
    ):
        answers[f"store {path}"] = buyer.http.get(f"/api/v1/{path}").status_code
    for path in (
        "products/",
        "products/?ordering=created_at&page=1",
        f"products/{shop['goods']['slug']}/",
        f"products/{shop['goods']['slug']}/reviews/",
        "products/favorites/",
        "categories/",
        f"sellers/{seller.person_id}/",
    ):
        answers[f"marketplace {path}"] = buyer.http.get(f"/api/marketplace/{path}").status_code
    return answers


def searches(shop: dict[str, Any]) -> set[int]:
    buyer: Client = shop["buyer"]
    paths = (
        "/queries/search?q=thing",
        "/queries/suggestions?q=th",
        "/api/v1/products/?search=thing",
        "/api/marketplace/products/?search=thing",
    )
    return {buyer.http.get(path).status_code for path in paths}


def add(shop: dict[str, Any]) -> int:
    goods, buyer = shop["goods"], shop["buyer"]
    answer: int = buyer.send("add-to-cart", product_id=goods["product_id"], quantity=1).status_code
    return answer


def units(shop: dict[str, Any]) -> int:
    found: int = shop["buyer"].query("cart")["units"]
    return found


def test_with_postgres_stopped_every_query_answers(whole: Whole, shop: dict[str, Any]) -> None:
    before = units(shop)
    with stopped(whole, "postgres"):
        assert set(queries(shop).values()) == {200}, queries(shop)
        assert searches(shop) == {200}
        assert add(shop) == 503
        assert whole.anyone.http.get("/health/ready").status_code == 503
        assert whole.anyone.http.get("/health/live").status_code == 200
        login = whole.anyone.http.post("/auth/token", data={"username": shop["buyer"].email, "password": "x"})
        assert login.status_code == 503
        store = {"email": shop["buyer"].email, "password": "x"}
        assert whole.anyone.http.post("/api/v1/auth/login/", json=store).status_code == 503
    assert units(shop) == before
    assert add(shop) == 200
    assert units(shop) == before + 1


def test_with_elasticsearch_stopped_all_but_search_works(whole: Whole, shop: dict[str, Any]) -> None:
    before = units(shop)
    with stopped(whole, "elasticsearch"):
        assert set(queries(shop).values()) == {200}, queries(shop)
        deadline = time.monotonic() + KEPT + 2  # what was asked just before is repeated for a moment
        while searches(shop) != {503}:
            assert time.monotonic() < deadline, searches(shop)
        assert add(shop) == 200
        assert units(shop) == before + 1
        made = shop["seller"].command("create-product", name="Sold in the dark", price="1.00", stock=1)
        assert whole.anyone.query(f"product/{made['result']['slug']}")["available"] == 1
    found = whole.anyone.query("search", q="sold dark")
    assert made["result"]["product_id"] in [item["product_id"] for item in found["items"]]


def test_with_redis_stopped_commands_are_refused_and_nothing_is_lost(whole: Whole, shop: dict[str, Any]) -> None:
    before = units(shop)
    with stopped(whole, "redis"):
        assert add(shop) == 503
        assert set(queries(shop).values()) == {503}, queries(shop)
        body = {"product_id": shop["goods"]["product_id"], "quantity": 1}
        assert shop["buyer"].http.post("/api/v1/cart/items/", json=body).status_code == 503
    assert units(shop) == before
    assert add(shop) == 200
    assert units(shop) == before + 1


def test_with_a_projector_stopped_queries_answer_and_a_position_is_waited_for(
    whole: Whole, shop: dict[str, Any]
) -> None:
    buyer, before = shop["buyer"], units(shop)
    with stopped(whole, "projector-redis"):
        assert add(shop) == 200
        late = buyer.http.get("/queries/cart", headers={"Storefold-Min-Position": str(buyer.position)})
        assert (late.status_code, late.json()["type"]) == (503, "/problems/behind")
        assert buyer.http.get("/queries/cart").json()["units"] == before
    assert units(shop) == before + 1


def test_with_the_workers_stopped_orders_are_placed_and_payments_wait(whole: Whole, shop: dict[str, Any]) -> None:
    buyer = shop["buyer"]
    with stopped(whole, "worker", "dispatcher"):
        health = whole.anyone.http.get("/health/ready")
        assert health.status_code == 503
        assert health.json()["parts"]["worker"] == health.json()["parts"]["dispatcher"] == "away"
        assert add(shop) == 200
        order_id = buyer.command("place-order", shipping_address_id=buyer.address())["result"]["order_id"]
        buyer.command("request-payment", order_id=order_id)
        assert buyer.query(f"payment/{order_id}")["status"] == "requested"
    deadline = time.monotonic() + 30
    while buyer.query(f"payment/{order_id}")["status"] == "requested":
        assert time.monotonic() < deadline, "the payment was forgotten"
        time.sleep(0.1)
    assert buyer.query(f"payment/{order_id}")["status"] == "ready"


def views(shop: dict[str, Any]) -> int:
    found: int = shop["seller"].query(f"product-metrics/{shop['goods']['product_id']}")["views"]
    return found


def look(shop: dict[str, Any], times: int) -> float:
    """Looks at the product so often; how long that took."""
    began = time.monotonic()
    for _ in range(times):
        assert shop["buyer"].http.get(f"/queries/product/{shop['goods']['slug']}").status_code == 200
    return time.monotonic() - began


def settled_views(shop: dict[str, Any], expected: int = 0) -> int:
    """Once so many are counted and nothing is on its way any more: a view is written within half a second."""
    deadline = time.monotonic() + 20
    before, now = -1, views(shop)
    while (now < expected and time.monotonic() < deadline) or before != now:
        time.sleep(0.8)
        before, now = now, views(shop)
    return now


def test_views_wait_for_postgres_and_an_api_that_ends_writes_its_own_and_a_killed_one_loses_them(
    whole: Whole, shop: dict[str, Any]
) -> None:
    before, usual = settled_views(shop), look(shop, 50)
    with stopped(whole, "postgres"):
        assert look(shop, 50) < 5 * usual + 1, "a read waited for what counts it"
    look(shop, 20)
    with stopped(whole, "api"):
        pass
    assert settled_views(shop, before + 120) == before + 120
    with stopped(whole, "postgres"):  # so that nothing can be written
        look(shop, 30)
        whole.supervisor.kill("api")  # it starts again when Postgres is there
    look(shop, 1)
    assert settled_views(shop, before + 121) == before + 121


def test_views_while_their_projector_is_stopped_are_counted_later_and_once(whole: Whole, shop: dict[str, Any]) -> None:
    before = settled_views(shop)
    for _ in range(2):
        with stopped(whole, "projector-redis"):
            look(shop, 10)
            time.sleep(0.6)  # they are written meanwhile
        look(shop, 10)
        whole.kill("projector-redis")
    assert settled_views(shop, before + 40) == before + 40


def test_with_the_storage_stopped_or_killed_the_shop_sells_and_pictures_come_back(
    whole: Whole, shop: dict[str, Any]
) -> None:
    seller, product_id = shop["seller"], shop["goods"]["product_id"]

    def upload() -> httpx.Response:
        return seller.http.post("/uploads/product-image", files={"file": ("p.png", picture())})

    keys = [upload().json()["key"] for _ in range(2)]
    for key in keys:
        seller.command("add-product-image", product_id=product_id, key=key)
    with stopped(whole, "storage"):
        assert whole.anyone.http.get("/health/ready").status_code == 200
        assert set(queries(shop).values()) == {200}
        assert add(shop) == 200
        assert upload().json()["type"] == "/problems/storage-away"
        assert whole.anyone.http.get(f"/media/{keys[0]}").status_code == 503
        seller.command("remove-product-image", product_id=product_id, key=keys[0])
        assert whole.anyone.http.get(f"/media/{keys[0]}").status_code == 404
    assert whole.anyone.http.get(f"/media/{keys[1]}").content == picture()
    storage = build_storage(located(Settings(), whole.stack.endpoints.environ()))
    assert storage is not None
    whole.supervisor.wait_until(lambda: [key for key, _ in storage.keys("products/")] == [keys[1]], 60)
    whole.kill("storage")
    assert whole.anyone.http.get(f"/media/{keys[1]}").content == picture()
    assert upload().status_code == 201
