"""An order of two sellers' goods at the marketplace, and those who have to do with it."""

from dataclasses import dataclass
from typing import Any

import httpx

from support.surfaces import Caller

ADDRESS = {
    "full_name": "Ada Lovelace",
    "street": "12 St James's Square",
    "city": "London",
    "state": "Greater London",
    "postal_code": "SW1Y 4JH",
    "country": "GB",
    "phone": "+44 20 7946 0000",
}


@dataclass
class Deal:
    """An order with a line of each of two sellers."""

    buyer: Caller
    sellers: list[Caller]
    products: list[dict[str, Any]]
    order: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/orders/{self.order['id']}/"


def place(buyer: Caller, *wanted: tuple[dict[str, Any], int], **fields: Any) -> httpx.Response:
    items = [{"product_id": product["product_id"], "quantity": quantity} for product, quantity in wanted]
    return buyer.post("/orders/", {"items": items, **fields})


def available(product: dict[str, Any], seller: Caller) -> int:
    return int(seller.core.query(f"stock/{product['sku']}")["available"])


def ids(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [order["id"] for order in (body if isinstance(body, list) else body["results"])]


@dataclass
class Company:
    """People who deal with each other again and again: registering is slow."""

    buyer: Caller
    sellers: list[Caller]

    @classmethod
    def of(cls, passer_by: Caller) -> "Company":
        return cls(passer_by.newcomer(), [passer_by.newcomer("seller"), passer_by.newcomer("seller")])

    def strike(self) -> Deal:
        products = [self.sellers[n].core.product(stock=5, price=price) for n, price in enumerate(("10.00", "2.50"))]
        placed = place(self.buyer, (products[0], 2), (products[1], 1), shipping_address=ADDRESS, notes="Ring twice")
        assert placed.status_code == 201, placed.text
        return Deal(self.buyer, self.sellers, products, placed.json())
