"""How products are doing, over HTTP. The product is shared with other tests: what each counts, it makes itself."""

import time
from collections.abc import Callable
from typing import Any

from support.product import Client


def eventually(look: Callable[[], Any], wanted: Any) -> Any:
    """What is looked at follows within a second or two; nobody can wait for its position."""
    deadline = time.monotonic() + 15
    while (found := look()) != wanted:
        assert time.monotonic() < deadline, f"{found} is not {wanted}"
        time.sleep(0.05)
    return found


def views(who: Client, product_id: int) -> int:
    found: int = who.query(f"product-metrics/{product_id}")["views"]
    return found


def test_a_product_that_nobody_looked_at_has_zeros(anyone: Client) -> None:
    seller = anyone.newcomer("seller")
    made = seller.product(price="2.50")
    shown = seller.query(f"product-metrics/{made['product_id']}")
    created = shown.pop("updated_at")
    assert created.endswith("Z")
    assert shown == {
        "product_id": made["product_id"], "name": shown["name"], "slug": made["slug"], "views": 0, "clicks": 0,
        "favorites": 0, "cart_additions": 0, "sales": 0, "revenue": "0.00", "currency": "USD",
    }  # fmt: skip
    page = seller.query("product-metrics")
    assert page["items"] == [{**shown, "updated_at": created}] and page["total"] == 1
    assert seller.query("dashboard") == {
        "seller_id": seller.person_id, "views": 0, "clicks": 0, "favorites": 0, "cart_additions": 0, "sales": 0,
        "revenue": [], "total_products": 1, "active_products": 1, "total_orders": 0,
    }  # fmt: skip


def test_what_people_do_with_a_product_is_counted_and_a_cancelled_order_taken_back(anyone: Client) -> None:
    seller, buyer = anyone.newcomer("seller"), anyone.newcomer()
    lamp, cup = seller.product(price="2.50"), seller.product(price="1.00", active=False)
    lamp_id = lamp["product_id"]
    for who in (buyer, anyone, anyone):
        who.query(f"product/{lamp['slug']}")
    seller.query(f"product/{cup['product_id']}")
    anyone.http.get(f"/queries/product/{cup['slug']}")  # is not there for them, and counts nothing
    buyer.command("add-to-wishlist", product_id=lamp_id)
    orders = []
    for quantity in (3, 1):
        buyer.command("add-to-cart", product_id=lamp_id, quantity=quantity)
        orders.append(buyer.command("place-order", shipping_address_id=buyer.address())["result"]["order_id"])
    seller.position = buyer.position
    shown = eventually(lambda: views(seller, lamp_id), 3) and seller.query(f"product-metrics/{lamp_id}")
    counted = ("favorites", "cart_additions", "sales", "revenue", "clicks")
    assert [shown[name] for name in counted] == [1, 2, 4, "10.00", 0]
    eventually(lambda: views(seller, cup["product_id"]), 1)
    buyer.command("cancel-order", order_id=orders[0])
    buyer.command("remove-from-wishlist", product_id=lamp_id)
    seller.position = buyer.position
    shown = seller.query(f"product-metrics/{lamp_id}")
    assert [shown[name] for name in counted] == [0, 2, 1, "2.50", 0]
    assert seller.query("dashboard") == {
        "seller_id": seller.person_id, "views": 4, "clicks": 0, "favorites": 0, "cart_additions": 2, "sales": 1,
        "revenue": [{"currency": "USD", "revenue": "2.50"}], "total_products": 2, "active_products": 1,
        "total_orders": 2,
    }  # fmt: skip
    assert [item["product_id"] for item in seller.query("product-metrics")["items"]] == [cup["product_id"], lamp_id]


def test_only_administrators_see_another_sellers(anyone: Client, admin: Client) -> None:
    seller, rival = anyone.newcomer("seller"), anyone.newcomer("seller")
    made = seller.product()
    admin.position = rival.position = seller.position
    assert rival.http.get(f"/queries/product-metrics/{made['product_id']}").status_code == 404
    for path in ("product-metrics", "dashboard"):
        answer = rival.http.get(f"/queries/{path}", params={"seller": seller.person_id})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
        assert rival.query(path, seller=rival.person_id) == rival.query(path)
    assert admin.query("product-metrics", seller=seller.person_id)["total"] == 1
    assert admin.query("dashboard", seller=seller.person_id)["total_products"] == 1
    assert admin.query(f"product-metrics/{made['product_id']}")["slug"] == made["slug"]
    assert admin.query("category-visits")["page"] == 1
