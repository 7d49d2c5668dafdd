"""Writes through an API process that waits for no read model: what is made of the command is answered all the
same, what shows a whole document is 503, and every write stands."""

from dataclasses import replace

import httpx
from support.product import Client
from support.shopper import Shopper, refused

from api.app import create_app
from storefold.bootstrap import build_parts
from storefold.running import located
from storefold.settings import Settings
from storefold.stack import Endpoints


async def test_what_is_answered_where_the_models_are_slow(
    anyone: Client, shopper: Shopper, staff: Shopper, goods: Client
) -> None:
    products = [goods.product(price="10.00", stock=9) for _ in range(4)]
    orders = [shopper.bought(product) for product in products]
    parts = build_parts(located(Settings(), Endpoints.of(anyone.home).environ()))
    parts.settings = replace(parts.settings, see_own_writes=0.0)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(parts)),
        base_url=f"{shopper.url}/api/v1",
        headers={"Authorization": shopper.http.headers["Authorization"]},
    )
    as_staff = {"Authorization": staff.http.headers["Authorization"]}
    shown: list[httpx.Response] = []
    await parts.open()
    try:
        for product, order in zip(products, orders, strict=True):
            path = f"/products/{product['slug']}/"
            review = {"rating": 3, "title": "T", "comment": "C"}
            assert (await client.post(f"{path}reviews/", json=review)).status_code == 201
            assert (await client.post(f"{path}wishlist/")).status_code == 201
            shown.append(await client.put(path, json={"price": "11.00"}, headers=as_staff))
            moved = {"status": "shipped", "tracking_number": "T"}
            shown.append(await client.put(f"/orders/{order['id']}/", json=moved, headers=as_staff))
    finally:
        await client.aclose()
        await parts.close()
    late = [answer for answer in shown if answer.status_code != 200]
    assert late, "a model cannot be there at once eight times"
    for answer in late:
        refused(answer, 503, "unavailable")
    goods.query("brands")
    for product, order in zip(products, orders, strict=True):
        page = goods.http.get(
            f"/api/v1/products/{product['slug']}/", headers={"Storefold-Min-Position": position(shown)}
        )
        assert (page.json()["price"], page.json()["review_count"]) == ("11.00", 1)
        assert shopper.get(f"/orders/{order['id']}/").json()["status"] == "shipped"
    assert shopper.get("/products/wishlist/me/").json()["count"] == len(products)


def position(answers: list[httpx.Response]) -> str:
    """The last one that a write reached; a 503 tells it, too."""
    return str(max(int(answer.headers.get("Storefold-Position", 0)) for answer in answers))
