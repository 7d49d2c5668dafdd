"""Reviews, wishlists and low stock on the native surface."""

from typing import Any

import pytest
from support.product import Client

REVIEW = {"rating": 4, "title": "Boils", "comment": "Water."}


def write(client: Client, product: dict[str, Any], **fields: Any) -> Any:
    return client.send("write-review", product_id=product["product_id"], **{**REVIEW, **fields})


def listed(client: Client, product: dict[str, Any], **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.query(f"reviews/{product['product_id']}", **asked)
    return found


def test_a_policy_says_who_may_review(buyer: Client, seller: Client) -> None:
    product = seller.product()
    denied = write(buyer, product)
    assert (denied.status_code, denied.json()["type"]) == (403, "/problems/not-bought")
    done = write(buyer, product, policy="marketplace")
    assert done.status_code == 200
    result = done.json()["result"]
    assert (result["person_id"], result["verified"], result["shown"]) == (buyer.person_id, False, True)
    again = write(buyer, product, policy="marketplace")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-reviewed")
    assert write(buyer, product, policy="martaff").status_code == 200
    assert write(buyer, product, policy="none").status_code == 400
    assert listed(buyer, product)["total"] == 2


@pytest.mark.parametrize("fields", [{"rating": 0}, {"rating": 6}, {"rating": "5"}, {"title": "x" * 201}, {"stars": 5}])
def test_what_a_review_says(buyer: Client, seller: Client, fields: dict[str, Any]) -> None:
    assert write(buyer, seller.product(), policy="martaff", **fields).status_code == 400


def test_a_review_s_whole_life(anyone: Client, admin: Client, buyer: Client, seller: Client) -> None:
    product = seller.product()
    review_id = write(buyer, product, policy="martaff").json()["result"]["review_id"]
    path = f"/queries/review/{review_id}"
    shown = buyer.query(f"review/{review_id}")
    assert {name: shown[name] for name in REVIEW} == REVIEW
    other = anyone.newcomer()
    for command in ("change-review", "remove-review"):
        assert other.send(command, review_id=review_id).status_code == 403
    for command in ("hide-review", "approve-review"):
        assert buyer.send(command, review_id=review_id).status_code == 403
    buyer.command("change-review", review_id=review_id, rating=2)
    assert buyer.query(f"product/{product['product_id']}")["rating"] == 2.0
    found = [anyone.http.get(f"/queries/reviews/{product['product_id']}?rating={rating}") for rating in (2, 5, 6)]
    assert [answer.status_code for answer in found] == [200, 200, 400]
    assert [answer.json()["total"] for answer in found[:2]] == [1, 0]
    admin.command("hide-review", review_id=review_id)
    assert other.send("change-review", review_id=review_id).status_code == 404, "what is hidden is not there"
    assert (anyone.http.get(path).status_code, other.http.get(path).status_code) == (404, 404)
    assert buyer.query(f"review/{review_id}")["shown"] is admin.query(f"review/{review_id}")["shown"] is False
    assert listed(anyone, product)["total"] == 0
    assert review_id in [review["review_id"] for review in admin.query("hidden-reviews", size=100)["items"]]
    assert [review["review_id"] for review in buyer.query("my-reviews")["items"]] == [review_id]
    assert buyer.query(f"product/{product['product_id']}")["review_count"] == 0
    admin.command("approve-review", review_id=review_id)
    assert listed(anyone, product)["items"] == [buyer.query(f"review/{review_id}")]
    assert review_id in [review["review_id"] for review in admin.query("all-reviews", size=100)["items"]]
    assert buyer.send("remove-review", review_id=review_id, policy="martaff").status_code == 403
    buyer.command("remove-review", review_id=review_id)
    assert buyer.http.get(path).status_code == 404
    assert listed(anyone, product)["total"] == buyer.query("my-reviews")["total"] == 0
    assert buyer.send("remove-review", review_id=review_id).status_code == 404


def test_who_may_ask(anyone: Client, buyer: Client) -> None:
    for path in ("my-reviews", "wishlist", "low-stock", "hidden-reviews", "all-reviews"):
        assert anyone.http.get(f"/queries/{path}").status_code == 401
    for path in ("low-stock", "hidden-reviews", "all-reviews"):
        assert buyer.http.get(f"/queries/{path}").status_code == 403
    assert anyone.http.get("/queries/review/1").status_code == 404
    assert anyone.http.get("/queries/review/x").status_code == 404


def test_a_wishlist_by_explicit_commands(buyer: Client, seller: Client) -> None:
    first, second = seller.product(name="A", price="2.00", stock=3), seller.product(name="B")
    for product in (first, second, first):
        added = buyer.command("add-to-wishlist", product_id=product["product_id"])
        assert added["result"] == {"product_id": product["product_id"], "in_wishlist": True}
    found = buyer.query("wishlist")
    assert [wish["name"] for wish in found["items"]] == ["B", "A"]
    assert {name: found["items"][1][name] for name in ("price", "available", "slug")} == {
        "price": "2.00", "available": 3, "slug": first["slug"]
    }  # fmt: skip
    for _ in range(2):
        buyer.command("remove-from-wishlist", product_id=second["product_id"])
    assert [wish["product_id"] for wish in buyer.query("wishlist")["items"]] == [first["product_id"]]
    assert buyer.send("add-to-wishlist", product_id=10**9).status_code == 404


def test_low_stock_is_a_seller_s_own_and_an_administrator_s_all(anyone: Client, admin: Client, seller: Client) -> None:
    made = seller.product(stock=3, low_stock_threshold=3)
    seller.product(stock=4, low_stock_threshold=3)
    mine = seller.query("low-stock")
    assert (mine["total"], mine["items"][0]["product_id"]) == (1, made["product_id"])
    assert (mine["items"][0]["available"], mine["items"][0]["threshold"]) == (3, 3)
    assert anyone.newcomer("seller").query("low-stock")["total"] == 0
    everything = admin.query("low-stock", size=100)
    assert everything["total"] >= 1
    amounts = [item["available"] for item in everything["items"]]
    assert amounts == sorted(amounts)


def test_a_carrier_s_news_is_no_client_s(admin: Client) -> None:
    news = {"order_id": 1, "event_id": "e", "news": "shipped", "tracking_number": "T"}
    assert admin.send("record-carrier-news", **news).status_code == 403
