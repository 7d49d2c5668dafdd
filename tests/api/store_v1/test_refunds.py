"""Money that staff gives back, in part and whole: asked for natively, carried out at Stripe by a worker."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from support.product import Client
from support.shopper import Shopper

from storefold.stack import Endpoints
from storefold.stack.stripe import control


@pytest.fixture
def paid(anyone: Client, shopper: Shopper, goods: Client) -> dict[str, Any]:
    """An order over 16.00 that was really paid at the stand-in."""
    stripe = str(Endpoints.of(anyone.home).environ()["STOREFOLD_STRIPE_API_BASE"])
    order = shopper.order(goods.product(price="10.00"))
    intent = shopper.post("/payments/create-intent/", {"order_id": order["id"]}).json()["payment_intent_id"]
    control.confirm(stripe, intent)
    body = {"order_id": order["id"], "payment_intent_id": intent}
    assert shopper.post("/payments/confirm/", body).status_code == 200
    return order


def payment_when(admin: Client, order: dict[str, Any], reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The payment once a worker has been at Stripe."""
    deadline = time.monotonic() + 30
    while True:
        found: dict[str, Any] = admin.query(f"payment/{order['id']}")
        if reached(found):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def test_a_part_and_then_the_rest(admin: Client, shopper: Shopper, paid: dict[str, Any]) -> None:
    assert admin.command("request-refund", order_id=paid["id"], amount="5.50")["result"]["amount"] == "5.50"
    part = payment_when(admin, paid, lambda payment: payment["refunded"] != "0.00")
    assert (part["refunded"], part["status"], part["captured"]) == ("5.50", "captured", "16.00")
    for wrong in ("10.51", "0.00", "-1"):
        answer = admin.send("request-refund", order_id=paid["id"], amount=wrong)
        assert answer.status_code in (400, 409), answer.text
    assert admin.command("request-refund", order_id=paid["id"])["result"]["amount"] == "10.50"
    whole = payment_when(admin, paid, lambda payment: payment["refunded"] != "5.50")
    assert (whole["refunded"], whole["status"]) == ("16.00", "refunded")
    nothing = admin.send("request-refund", order_id=paid["id"])
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/nothing-to-refund")
    assert shopper.get(f"/orders/{paid['id']}/").json()["status"] == "processing"  # the payment alone


def test_what_staff_cancels_is_refunded_by_itself(
    admin: Client, staff: Shopper, shopper: Shopper, paid: dict[str, Any]
) -> None:
    admin.command("request-refund", order_id=paid["id"], amount="6.00")
    payment_when(admin, paid, lambda payment: payment["refunded"] == "6.00")
    assert staff.put(f"/orders/{paid['id']}/", {"status": "cancelled"}).status_code == 200
    whole = payment_when(admin, paid, lambda payment: payment["status"] == "refunded")
    assert whole["refunded"] == "16.00"


def test_only_staff_gives_money_back(anyone: Client, goods: Client, paid: dict[str, Any]) -> None:
    for somebody in (anyone.newcomer(), goods):
        assert somebody.send("request-refund", order_id=paid["id"], amount="1.00").status_code == 403
    assert anyone.send("request-refund", order_id=paid["id"]).status_code == 401
