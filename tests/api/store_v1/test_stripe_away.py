"""An API process that cannot reach Stripe, or whose workers do not answer in time, beside the product's own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from support.product import Client
from support.shopper import Shopper, refused

from api.app import create_app
from storefold.bootstrap import build_parts
from storefold.running import located
from storefold.settings import Settings
from storefold.stack import Endpoints

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serve(anyone: Client, shopper: Shopper) -> Serve:
    """Serves the product's data from here, to the shopper."""

    @asynccontextmanager
    async def beside(stripe_api_base: str | None = None, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
        settings = located(Settings(), Endpoints.of(anyone.home).environ())
        if stripe_api_base is not None:
            settings = settings.model_copy(update={"stripe_api_base": stripe_api_base})
        parts = build_parts(settings)
        parts.settings = replace(parts.settings, **changes)
        transport = httpx.ASGITransport(create_app(parts))
        headers = {"Authorization": shopper.http.headers["Authorization"]}
        await parts.open()
        try:
            async with httpx.AsyncClient(
                transport=transport, base_url=f"{shopper.url}/api/v1", headers=headers
            ) as client:
                yield client
        finally:
            await parts.close()

    return beside


async def test_without_stripe_the_request_stands(shopper: Shopper, goods: Client, serve: Serve) -> None:
    body = {"order_id": shopper.order(goods.product())["id"]}
    async with serve(stripe_api_base="http://127.0.0.1:9") as client:
        answer = await client.post("/payments/create-intent/", json=body)
    refused(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert shopper.post("/payments/create-intent/", body).status_code == 200


async def test_a_worker_that_is_late_is_not_waited_for_for_ever(shopper: Shopper, goods: Client, serve: Serve) -> None:
    made = goods.product()
    bodies = [{"order_id": shopper.order(made)["id"]} for _ in range(5)]
    # The worker answers within milliseconds, which is not at once; of five it may overtake one of ours.
    async with serve(stripe_wait=0.0, see_own_writes=0.0) as client:
        answers = [await client.post("/payments/create-intent/", json=body) for body in bodies]
    late = [answer for answer in answers if answer.status_code != 200]
    assert late
    for answer in late:
        refused(answer, 503, "unavailable")
    for body in bodies:
        assert shopper.post("/payments/create-intent/", body).status_code == 200


async def test_a_slow_model_delays_answers_and_denies_none(shopper: Shopper, goods: Client, serve: Serve) -> None:
    made, here = goods.product(price="10.00"), shopper.address()
    async with serve(see_own_writes=0.0) as client:
        added = await client.post("/cart/items/", json={"product_id": made["product_id"], "quantity": 2})
        assert (added.status_code, added.json()["total_price"]) == (201, "20.00")
        placed = await client.post("/orders/", json={"shipping_address_id": here, "billing_address_id": here})
        assert (placed.status_code, placed.json()["total_amount"]) == (201, "27.00")
        assert placed.json()["shipping_address"]["city"] == "London"
        profile = await client.put("/auth/me/", json={"last_name": "Byron"})
        assert (profile.status_code, profile.json()["last_name"]) == (200, "Byron")
