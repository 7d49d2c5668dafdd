"""Two API processes over one log: neither answers from what it remembers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from support.product import Client
from support.whole import Whole


@pytest.fixture(scope="module")
def other(whole: Whole) -> Iterator[str]:
    """A second API server, at its own port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, **whole.environment, **whole.stack.endpoints.environ(), "PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "storefold", "api"], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while not _live(url):
            assert process.poll() is None and time.monotonic() < deadline, "the second server did not start"
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _live(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def at(url: str, client: Client) -> Client:
    """The same person, at another server."""
    return Client(url, client.home, client.token, client.person_id, client.email)


def test_the_last_unit_is_sold_once_whoever_sells_it(whole: Whole, other: str) -> None:
    seller = whole.anyone.newcomer("seller")
    for _ in range(5):
        goods = seller.product(stock=1)
        first, second = whole.anyone.newcomer(), whole.anyone.newcomer()
        second_there = at(other, second)
        # Both servers have the product and its stock in memory.
        first.command("add-to-cart", product_id=goods["product_id"], quantity=1)
        second_there.command("add-to-cart", product_id=goods["product_id"], quantity=1)
        addresses = first.address(), second.address()
        first.command("place-order", shipping_address_id=addresses[0])
        refused = second_there.send("place-order", shipping_address_id=addresses[1])
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/insufficient-stock")


def test_a_refusal_does_not_outlive_its_reason(whole: Whole, other: str) -> None:
    seller = whole.anyone.newcomer("seller")
    goods = seller.product(stock=0)
    there = at(other, whole.anyone.newcomer())
    for level in range(1, 6):
        wanted = {"product_id": goods["product_id"], "quantity": 1}
        assert there.send("add-to-cart", **wanted).status_code == 409  # remembered there: none left
        seller.command("adjust-stock", sku=goods["sku"], to=level, reason="delivery")
        assert there.send("add-to-cart", **wanted).status_code == 200


def test_who_is_shut_out_at_one_is_shut_out_at_both(whole: Whole, other: str) -> None:
    admin = whole.anyone.admin
    there = at(other, whole.anyone.newcomer())
    assert there.send("clear-cart").status_code == 200
    admin.command("deactivate-account", person_id=there.person_id)
    assert there.send("clear-cart").status_code == 401


def test_a_key_is_one_key_at_both(whole: Whole, other: str) -> None:
    goods = whole.anyone.newcomer("seller").product()
    here = whole.anyone.newcomer()
    key, fields = {"Idempotency-Key": "both"}, {"product_id": goods["product_id"], "quantity": 1}
    first, second = here.send("add-to-cart", key, **fields), at(other, here).send("add-to-cart", key, **fields)
    assert first.json() == second.json()
    assert here.query("cart")["units"] == 1
