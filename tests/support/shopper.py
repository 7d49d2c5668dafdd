"""A shopper at the store's API, `/api/v1/`."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from storefold.settings import DEVELOPMENT_WEBHOOK_SECRET
from storefold.stack.stripe.signing import signature
from support.product import PLAIN, unique

PASSWORD = "Correct-horse-1"
ADDRESS = {
    "address_type": "shipping",
    "full_name": "Ada Lovelace",
    "phone_number": "+1234567890",
    "street_address": "12 St James's Square",
    "apartment": "4b",
    "city": "London",
    "state": "Greater London",
    "country": "GB",
    "zip_code": "SW1Y 4JH",
}


class Document:
    """The surface's OpenAPI document: every answer that a shopper gets is held against it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        paths = sorted(
            document["paths"].items(), key=lambda item: "{" in item[0]
        )  # as routes are matched: fixed ones first
        self._paths = [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), rows) for path, rows in paths]

    def check(self, answer: httpx.Response) -> None:
        """Raises AssertionError for an answer that is not documented."""
        row = self._row(answer.request)
        if row is None:
            assert answer.status_code in (404, 405), f"{answer.request.url} is no documented row"
            return
        documented = row["responses"].get(str(answer.status_code))
        assert documented is not None, f"{row['operationId']} answers {answer.status_code}: {answer.read()!r}"
        content = documented.get("content", {})
        if "text/html" in content:
            assert answer.headers["content-type"].startswith("text/html")
            return
        shapes = [one["schema"] for one in content.values()]
        if not shapes:
            assert answer.read() == b""
            return
        answer.read()
        whole = {"components": self.document["components"], "anyOf": shapes}
        faults = [fault.message for fault in Draft202012Validator(whole).iter_errors(answer.json())]
        assert not faults, f"{row['operationId']} answers {answer.status_code}: {faults}"

    def _row(self, request: httpx.Request) -> dict[str, Any] | None:
        # The first that fits, as the routes are matched.
        rows: dict[str, Any] = next((rows for path, rows in self._paths if path.fullmatch(request.url.path)), {})
        return rows.get(request.method.lower())


@lru_cache
def document_of(url: str) -> Document:
    return Document(httpx.get(f"{url}/api/schema/").json())


@dataclass
class Shopper:
    """Somebody at the store's API; `tokens` are those of the login, none for a passer-by."""

    url: str
    email: str = ""
    user: dict[str, Any] | None = None
    tokens: dict[str, str] | None = None

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.tokens['access']}"} if self.tokens else {}
        hooks = {"response": [document_of(self.url).check]}
        base = f"{self.url}/api/v1"
        self.http = httpx.Client(base_url=base, timeout=30, headers=headers, event_hooks=hooks, verify=PLAIN)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.http.post(path, json=body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.http.put(path, json=body, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.http.delete(path, **options)

    def newcomer(self) -> "Shopper":
        """Registers somebody and signs them in."""
        email = f"{unique('shopper')}@people.test"
        body = {"email": email, "password": PASSWORD, "password_confirm": PASSWORD, "first_name": "Ada"}
        registered = self.post("/auth/register/", body)
        assert registered.status_code == 201, registered.text
        return self.signed_in(email)

    def signed_in(self, email: str, password: str = PASSWORD) -> "Shopper":
        answer = self.post("/auth/login/", {"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return Shopper(self.url, email, answer.json()["user"], answer.json()["tokens"])

    def add(self, product: dict[str, Any], quantity: int = 1, variant: int | None = None) -> dict[str, Any]:
        """Puts a product of `Client.product` into the cart."""
        body = {"product_id": product["product_id"], "quantity": quantity, "variant_id": variant}
        answer = self.post("/cart/items/", body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def address(self, **fields: Any) -> str:
        answer = self.post("/auth/me/addresses/", ADDRESS | fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def check_out(self) -> httpx.Response:
        here = self.address()
        return self.post("/orders/", {"shipping_address_id": here, "billing_address_id": here})

    def order(self, product: dict[str, Any], quantity: int = 1) -> dict[str, Any]:
        """Buys a product; the new order."""
        self.add(product, quantity)
        answer = self.check_out()
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def pay(self, order: dict[str, Any]) -> None:
        """Pays an order, as far as Stripe's webhook tells."""
        answer = self.post("/payments/create-intent/", {"order_id": order["id"]})
        assert answer.status_code == 200, answer.text
        amount = int(order["total_amount"].replace(".", ""))
        intent = {"id": answer.json()["payment_intent_id"], "amount": amount, "metadata": {"order_id": order["id"]}}
        event = {"id": unique("evt"), "type": "payment_intent.succeeded", "data": {"object": intent}}
        body = json.dumps(event).encode()
        signed = {"Stripe-Signature": signature(DEVELOPMENT_WEBHOOK_SECRET, body)}
        assert self.http.post("/payments/webhook/", content=body, headers=signed).status_code == 200

    def bought(self, product: dict[str, Any]) -> dict[str, Any]:
        """Buys and pays one of a product; the order."""
        order = self.order(product)
        self.pay(order)
        return order

    def patch(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.http.patch(path, json=body, **options)


def refused(answer: httpx.Response, status: int, code: str, error: str | None = None) -> dict[str, Any]:
    """An error in the contract's shape; its details."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error", "code", "details"}
    assert body["code"] == code, body
    if error is not None:
        assert body["error"] == error
    return body["details"] or {}
