"""Fulfilment: the moves of an order by staff, and by a carrier's webhook."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from support.product import Client, unique
from support.shopper import Shopper, refused

from api.signatures import sign
from storefold.settings import DEVELOPMENT_CARRIER_SECRET

STATUSES = ("pending", "processing", "shipped", "delivered", "returned", "cancelled")
WAY = {
    "pending": [],
    "processing": ["processing"],
    "shipped": ["processing", "shipped"],
    "delivered": ["processing", "shipped", "delivered"],
    "returned": ["processing", "shipped", "delivered", "returned"],
    "cancelled": ["cancelled"],
}
ALLOWED = {
    ("pending", "processing"), ("pending", "cancelled"), ("processing", "shipped"), ("processing", "cancelled"),
    ("shipped", "delivered"), ("delivered", "returned"),
}  # fmt: skip


@pytest.fixture
def product(goods: Client) -> dict[str, Any]:
    return goods.product(price="10.00", stock=5)


@pytest.fixture
def order(shopper: Shopper, product: dict[str, Any]) -> dict[str, Any]:
    return shopper.order(product, 2)


def move(staff: Shopper, order: dict[str, Any], status: str, **fields: Any) -> httpx.Response:
    body = {"status": status, **({"tracking_number": "T-1"} if status == "shipped" else {}), **fields}
    return staff.put(f"/orders/{order['id']}/", body)


def bring(staff: Shopper, order: dict[str, Any], status: str) -> None:
    for step in WAY[status]:
        answer = move(staff, order, step)
        assert answer.status_code == 200, answer.text


def statuses(shopper: Shopper, order: dict[str, Any]) -> list[str]:
    return [change["status"] for change in shopper.get(f"/orders/{order['id']}/").json()["status_history"]]


def available(shopper: Shopper, product: dict[str, Any]) -> int:
    return int(shopper.get(f"/products/{product['slug']}/").json()["quantity"])


@pytest.mark.parametrize("old", STATUSES)
def test_the_whole_state_machine(staff: Shopper, shopper: Shopper, order: dict[str, Any], old: str) -> None:
    bring(staff, order, old)
    for new in STATUSES:
        if (old, new) not in ALLOWED:
            refused(move(staff, order, new), 400, "invalid_status", f"Cannot change from {old} to {new}")
    assert statuses(shopper, order) == ["pending", *WAY[old]]


def test_an_order_s_whole_way(staff: Shopper, shopper: Shopper, order: dict[str, Any], product: dict[str, Any]) -> None:
    moved = move(staff, order, "processing", note="picked")
    assert moved.status_code == 200
    assert moved.json() == shopper.get(f"/orders/{order['id']}/").json()
    assert moved.json()["status_history"][-1]["note"] == "picked"
    path = f"/orders/{order['id']}/"
    for wrong in ({"status": "shipped"}, {"status": "shipped", "tracking_number": None}):
        assert list(refused(staff.put(path, wrong), 400, "validation_error")) == ["tracking_number"]
    shipped = staff.patch(path, {"status": "shipped", "tracking_number": "DHL-77"}).json()
    assert (shipped["status"], shipped["tracking_number"], shipped["delivered_at"]) == ("shipped", "DHL-77", None)
    assert shipped["shipped_at"].endswith("Z")
    delivered = move(staff, order, "delivered").json()
    assert delivered["delivered_at"] >= delivered["shipped_at"]
    assert move(staff, order, "returned").json()["status"] == "returned"
    history = shopper.get(path).json()["status_history"]
    assert [change["status"] for change in history] == ["pending", *WAY["returned"]]
    assert all(change["note"] and change["created_at"].endswith("Z") for change in history)
    assert available(shopper, product) == 3


def test_cancelling_gives_the_stock_back(
    staff: Shopper, shopper: Shopper, order: dict[str, Any], product: dict[str, Any]
) -> None:
    bring(staff, order, "processing")
    assert available(shopper, product) == 3
    assert move(staff, order, "cancelled", note="out of tape").json()["status_history"][-1]["note"] == "out of tape"
    assert available(shopper, product) == 5


def test_cancelling_a_paid_order_gives_the_money_back(staff: Shopper, shopper: Shopper, order: dict[str, Any]) -> None:
    shopper.pay(order)
    refused(move(staff, order, "processing"), 400, "invalid_status", "Cannot change from processing to processing")
    assert move(staff, order, "cancelled").status_code == 200
    payment = httpx.get(f"{shopper.url}/queries/order/{order['id']}", headers=shopper.http.headers).json()
    assert (payment["status"], payment["paid"]) == ("cancelled", order["total_amount"])
    asked = staff.http.post("/commands/request-refund", json={"order_id": order["id"]})  # nothing is left to ask for
    assert asked.status_code in (404, 409)


def test_of_simultaneous_moves_one_succeeds(staff: Shopper, shopper: Shopper, order: dict[str, Any]) -> None:
    bring(staff, order, "processing")
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: move(staff, order, "shipped"), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    assert statuses(shopper, order) == ["pending", "processing", "shipped"]


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": "lost"}, {"status": ""}, {"status": 7}])
def test_a_status_is_one_of_them(staff: Shopper, order: dict[str, Any], body: dict[str, Any]) -> None:
    assert list(refused(staff.put(f"/orders/{order['id']}/", body), 400, "validation_error")) == ["status"]


def test_only_staff_moves_orders(shopper: Shopper, goods: Client, order: dict[str, Any]) -> None:
    for method in ("PUT", "PATCH"):
        for client in (shopper.http, goods.http):
            answer = client.request(method, f"{shopper.url}/api/v1/orders/{order['id']}/", json={"status": "cancelled"})
            refused(answer, 403, "permission_denied")
    assert statuses(shopper, order) == ["pending"]


def test_an_order_that_is_none(staff: Shopper) -> None:
    for unknown in (str(uuid.uuid4()), "x", "1"):
        refused(staff.put(f"/orders/{unknown}/", {"status": "processing"}), 404, "not_found", "Order not found")


# -- the carrier ----------------------------------------------------------------------------------


def news(order: dict[str, Any], what: str, **fields: Any) -> dict[str, Any]:
    return {"event_id": unique("ev"), "order_id": order["id"], "news": what, "tracking_number": "C-7", **fields}


def send(
    passer_by: Shopper, body: dict[str, Any] | bytes, secret: str = DEVELOPMENT_CARRIER_SECRET, late: int = 0
) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = int(time.time()) - late
    headers = {"Carrier-Signature": f"t={at},v1={sign(raw, at, secret)}"}
    return passer_by.http.post("/shipping/webhook/", content=raw, headers=headers)


def done(answer: httpx.Response, status: str = "success") -> None:
    assert (answer.status_code, answer.json()) == (200, {"status": status}), answer.text


def test_a_carrier_moves_an_order(passer_by: Shopper, staff: Shopper, shopper: Shopper, order: dict[str, Any]) -> None:
    bring(staff, order, "processing")
    done(send(passer_by, news(order, "shipped", carrier="DHL", note="in the van")))
    shown = shopper.get(f"/orders/{order['id']}/").json()
    assert (shown["status"], shown["tracking_number"]) == ("shipped", "C-7")
    assert shown["status_history"][-1]["note"] == "in the van"
    done(send(passer_by, news(order, "delivered")))
    done(send(passer_by, news(order, "returned")))
    assert statuses(shopper, order) == ["pending", *WAY["returned"]]


def test_an_event_takes_effect_once(
    passer_by: Shopper, staff: Shopper, shopper: Shopper, order: dict[str, Any]
) -> None:
    bring(staff, order, "processing")
    said = news(order, "shipped")
    with ThreadPoolExecutor(6) as threads:
        for answer in threads.map(lambda _: send(passer_by, said), range(6)):
            done(answer)
    done(send(passer_by, said | {"news": "delivered"}))  # the same event, whatever it says now
    assert statuses(shopper, order) == ["pending", "processing", "shipped"]


def test_news_comes_late_and_skips_steps(
    passer_by: Shopper, staff: Shopper, shopper: Shopper, order: dict[str, Any]
) -> None:
    bring(staff, order, "processing")
    done(send(passer_by, news(order, "delivered")))
    done(send(passer_by, news(order, "shipped", tracking_number="C-8")))
    assert statuses(shopper, order) == ["pending", "processing", "shipped", "delivered"]
    assert shopper.get(f"/orders/{order['id']}/").json()["tracking_number"] == "C-7"


@pytest.mark.parametrize("status", ["pending", "cancelled"])
def test_a_carrier_moves_nothing_that_nobody_has_to_send(
    passer_by: Shopper, staff: Shopper, shopper: Shopper, order: dict[str, Any], status: str
) -> None:
    bring(staff, order, status)
    done(send(passer_by, news(order, "shipped")), "ignored")
    done(send(passer_by, news({"id": str(uuid.uuid4())}, "shipped")), "ignored")
    assert statuses(shopper, order) == ["pending", *WAY[status]]


def test_what_is_not_signed_is_not_heard(passer_by: Shopper, staff: Shopper, order: dict[str, Any]) -> None:
    bring(staff, order, "processing")
    said = news(order, "shipped")
    raw, at = json.dumps(said).encode(), int(time.time())
    good = sign(raw, at, DEVELOPMENT_CARRIER_SECRET)
    bad = [
        send(passer_by, said, secret="another"),
        send(passer_by, said, late=301),
        send(passer_by, said, late=-301),
        passer_by.http.post("/shipping/webhook/", content=raw),
    ]
    headers = ["", "nonsense", f"t={at}", f"v1={good}", f"t={at},v1=", f"t={at + 1},v1={good}", f"t=x,v1={good}"]
    headers += [f"t={at},t={at},v1={good}", f"t={at},v1={good.upper()}"]
    bad += [
        passer_by.http.post("/shipping/webhook/", content=raw, headers={"Carrier-Signature": header})
        for header in headers
    ]
    bad.append(
        passer_by.http.post(
            "/shipping/webhook/", content=raw + b" ", headers={"Carrier-Signature": f"t={at},v1={good}"}
        )
    )
    for answer in bad:
        refused(answer, 400, "invalid_signature", "Invalid signature")
    assert staff.put(f"/orders/{order['id']}/", {"status": "delivered"}).status_code == 400
    several = {"Carrier-Signature": f"t={at},v1={'0' * 64},v1={good}"}
    done(passer_by.http.post("/shipping/webhook/", content=raw, headers=several))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", {}, {"news": "lost"}, {"event_id": ""}, {"tracking_number": None}, {"order_id": "x"}],
)
def test_what_cannot_be_read(passer_by: Shopper, order: dict[str, Any], body: dict[str, Any] | bytes) -> None:
    said = body if isinstance(body, bytes) or not body else news(order, "shipped") | body
    refused(send(passer_by, said), 400, "invalid_payload", "Invalid payload")
