"""Browse, cart, checkout, pay, cancel: one shopper's way through every part."""

import time

import httpx
from support.product import Client, unique
from support.shopper import Shopper

from storefold.stack import Endpoints
from storefold.stack.stripe import control


def test_browse_cart_checkout_pay_and_cancel(passer_by: Shopper, goods: Client, anyone: Client) -> None:
    word = unique("lantern").replace("-", "")
    named = {"name": f"Brass {word}", "price": "24.50", "stock": 3, "category": [unique("Garden"), "Lights"]}
    done = goods.command("create-product", **named)
    shopper = passer_by.newcomer()

    # Somebody else made it: a search shows it within a second, or to who asks for its position at once.
    now = {"Storefold-Min-Position": str(done["position"])}
    found = shopper.get("/products/", params={"search": word, "in_stock": "true"}, headers=now).json()["results"]
    page = shopper.get(f"/products/{found[0]['slug']}/").json()
    assert (page["id"], page["quantity"]) == (found[0]["id"], 3)
    assert shopper.post("/cart/items/", {"product_id": page["id"], "quantity": 2}).status_code == 201
    assert shopper.get("/cart/").json()["subtotal"] == "49.00"
    order = shopper.check_out().json()
    assert order["total_amount"] == "58.90"
    assert shopper.get(f"/products/{page['slug']}/").json()["quantity"] == 1

    intent = shopper.post("/payments/create-intent/", {"order_id": order["id"]}).json()["payment_intent_id"]
    control.confirm(Endpoints.of(anyone.home).stripe_url, intent)
    body = {"order_id": order["id"], "payment_intent_id": intent}
    assert shopper.post("/payments/confirm/", body).status_code == 200
    assert shopper.get(f"/orders/{order['id']}/").json()["status"] == "processing"

    assert shopper.post(f"/orders/{order['id']}/cancel/").status_code == 200
    assert shopper.get(f"/products/{page['slug']}/").json()["quantity"] == 3
    history = shopper.get(f"/orders/{order['id']}/").json()["status_history"]
    assert [change["status"] for change in history] == ["pending", "processing", "cancelled"]
    assert refunded(shopper, order["id"]) == "58.90"


def refunded(shopper: Shopper, order_id: str) -> str:
    """What a worker had Stripe give back, once it did."""
    deadline = time.monotonic() + 30
    while True:
        answer = httpx.get(f"{shopper.url}/queries/payment/{order_id}", headers=shopper.http.headers)
        if answer.json()["status"] == "refunded" or time.monotonic() > deadline:
            return str(answer.json()["refunded"])
        time.sleep(0.1)
