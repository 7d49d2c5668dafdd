"""Every part is killed once in the middle of load: no acknowledged command is lost, no effect repeated."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from support.product import Client, unique
from support.whole import Whole

from storefold.stack.stripe import control
from write_side.identifiers import parse_id

PARTS = (
    "api", "projector-redis", "projector-elasticsearch", "dispatcher", "worker", "redis", "elasticsearch", "postgres",
)  # fmt: skip
PATIENCE = 90.0  # seconds for one command to be acknowledged, whatever is dead meanwhile
STOCK = 100_000


@dataclass
class Buyer(threading.Thread):
    """Fills carts, places orders and pays them until told to stop, and repeats what was not acknowledged with the
    same Idempotency-Key, as a client should."""

    client: Client
    stripe: str
    product_id: int
    address_id: int
    placed: list[int] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)
    units: int = 0
    done: int = 0
    fault: BaseException | None = None
    enough: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                for _ in range(3):
                    self.command("add-to-cart", product_id=self.product_id, quantity=1)
                order = self.command("place-order", shipping_address_id=self.address_id)
                self.units += 3
                self.placed.append(order["result"]["order_id"])
                self.pay(self.placed[-1])
                self.paid.append(self.placed[-1])
        except BaseException as fault:
            self.fault = fault

    def command(self, name: str, **fields: Any) -> Any:
        key = {"Idempotency-Key": unique("load")}
        answer = self.persist(lambda: self.client.send(name, key, **fields))
        self.done += 1
        return answer.json()

    def pay(self, order_id: int) -> None:
        body = {"order_id": order_id}
        intent = self.persist(lambda: self.client.http.post("/api/v1/payments/create-intent/", json=body)).json()
        control.confirm(self.stripe, intent["payment_intent_id"])
        body["payment_intent_id"] = intent["payment_intent_id"]
        self.persist(lambda: self.client.http.post("/api/v1/payments/confirm/", json=body))

    def persist(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Until it is acknowledged. A refusal for good is a failure of the test."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = send()
                if answer.is_success:
                    return answer
                assert answer.status_code == 503, f"{answer.request.url} {answer.status_code} {answer.text}"
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError("never acknowledged")


def test_nothing_is_lost_and_nothing_is_done_twice(whole: Whole) -> None:
    seller = whole.anyone.newcomer("seller")
    goods = seller.product(stock=STOCK, price="3.00")
    buyers = []
    for _ in range(6):
        client = whole.anyone.newcomer()
        buyers.append(Buyer(client, whole.stripe, goods["product_id"], client.address()))
    for buyer in buyers:
        buyer.start()

    for part in PARTS:
        before = sum(buyer.done for buyer in buyers)
        whole.kill(part)
        _until(lambda before=before: sum(b.done for b in buyers) > before + 6, f"load goes on after {part}", buyers)  # type: ignore[misc]
    for buyer in buyers:
        buyer.enough.set()
    for buyer in buyers:
        buyer.join(PATIENCE)
        assert buyer.fault is None, buyer.fault
        assert not buyer.is_alive()
    whole.settle()

    _until(lambda: all(_all_paid(buyer) for buyer in buyers), "every order is paid", buyers)
    sold = sum(buyer.units for buyer in buyers)
    stock = seller.query(f"stock/{goods['sku']}")
    assert (stock["on_hand"], stock["reserved"]) == (STOCK, sold)
    for buyer in buyers:
        assert buyer.client.query("cart")["units"] == 0
        orders = buyer.client.query("orders", size=100)
        assert [order["order_id"] for order in orders["items"]] == buyer.placed[::-1][:100]
        assert orders["total"] == len(buyer.placed)
        assert {order["total"] for order in orders["items"]} == {"9.00"}
        assert {order["paid"] for order in orders["items"]} == {"9.00"}

    paid = [order_id for buyer in buyers for order_id in buyer.placed]
    intents = Counter(parse_id(intent["metadata"]["order_id"]) for intent in _intents(whole.stripe))
    assert {order_id: intents[order_id] for order_id in paid} == dict.fromkeys(paid, 1)


def _all_paid(buyer: Buyer) -> bool:
    return all(order["paid"] == "9.00" for order in buyer.client.query("orders", size=100)["items"])


def _until(good: Callable[[], bool], what: str, buyers: list[Buyer]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not good():
        faults = [buyer.fault for buyer in buyers if buyer.fault is not None]
        assert not faults, faults
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.05)


def _intents(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"has_more": True}
    while page["has_more"]:
        after = f"&starting_after={found[-1]['id']}" if found else ""
        headers = {"Authorization": f"Bearer {control.KEY}"}
        page = control.send("GET", f"{url}/v1/payment_intents?limit=100{after}", headers=headers).json()
        found += page["data"]
    return found


pytestmark = pytest.mark.timeout(400)
