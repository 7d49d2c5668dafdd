"""What the marketplace's tests make: a category of their own, and products of it as the surface takes them."""

from typing import Any

from support.product import unique
from support.surfaces import Caller


def category(staff: Caller, **fields: Any) -> dict[str, Any]:
    """`category_id` and `slug` of a new one."""
    made: dict[str, Any] = staff.core.command("create-category", name=unique("Shelf"), **fields)["result"]
    return made


def product(merchant: Caller, shelf: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A product as its creation was answered."""
    sent = {"name": unique("Thing"), "price": "19.99", "category": shelf["slug"], "stock_quantity": 10, **fields}
    answer = merchant.post("/products/", sent)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def slugs(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["slug"] for one in answer.json()]
