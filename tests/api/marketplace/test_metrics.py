"""The marketplace's metrics: what is counted, for whom, and what they may see of it. What was looked at follows within
a second or two, as the contract allows."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from support.deals import Company, place
from support.surfaces import Caller

NOTHING = 999_999_999_999
ZEROS = {"views": 0, "clicks": 0, "favorites": 0, "cart_additions": 0, "sales": 0, "revenue": "0.00"}


def eventually(look: Callable[[], Any], wanted: Any) -> None:
    deadline = time.monotonic() + 15
    while (found := look()) != wanted:
        assert time.monotonic() < deadline, f"{found} is not {wanted}"
        time.sleep(0.1)


def counts(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ZEROS}


def test_one_record_for_each_own_product_with_zeros_before_anything_happens(merchant: Caller) -> None:
    assert merchant.get("/metrics/").json() == []
    lamp, hidden = merchant.core.product(price="10.00"), merchant.core.product(active=False)
    answer = merchant.get("/metrics/")
    assert (answer.status_code, answer.headers["X-Total-Count"]) == (200, "2")
    second, first = answer.json()
    name = first["product"]["name"]
    assert first == {
        "id": first["id"],
        "product": {"id": lamp["product_id"], "name": name, "slug": lamp["slug"]},
        **ZEROS,
        "updated_at": first["updated_at"],
    }
    assert (second["product"]["id"], counts(second)) == (hidden["product_id"], ZEROS)
    assert merchant.get(f"/metrics/{first['id']}/").json() == first
    page = merchant.get("/metrics/", params={"page": 2, "page_size": 1}).json()
    assert (page["count"], page["next"], page["results"]) == (2, None, [first])
    assert merchant.get("/metrics/", params={"page": 3, "page_size": 1}).status_code == 404
    assert merchant.get("/metrics/dashboard_metrics/").json() == {
        "views": 0, "clicks": 0, "favorites": 0, "sales": 0, "revenue": "0.00", "total_products": 2,
        "active_products": 1, "total_orders": 0, "recent_orders": [],
    }  # fmt: skip
    assert merchant.get(f"/metrics/product_metrics/{lamp['slug']}/").json() == {
        "product": {"id": lamp["product_id"], "name": name, "slug": lamp["slug"], "price": "10.00",
                    "stock_quantity": 10},
        "metrics": first,
        "recent_orders": [],
    }  # fmt: skip


def test_views_and_clicks_are_counted_each_and_refused_ones_are_not(
    merchant: Caller, shopper: Caller, passer_by: Caller
) -> None:
    lamp, cup = merchant.core.product(), merchant.core.product(active=False)
    page, click = f"/products/{lamp['slug']}/", f"/products/{lamp['slug']}/click/"
    for who in (passer_by, passer_by, shopper, merchant):
        assert who.get(page).status_code == 200
    tag = shopper.get(page).headers["ETag"]
    assert shopper.get(page, headers={"If-None-Match": tag}).status_code == 304
    for who in (shopper, shopper, passer_by):
        assert who.post(click).json() == {"clicked": True}
    assert passer_by.get(f"/products/{cup['slug']}/").status_code == 404
    assert passer_by.post(f"/products/{cup['slug']}/click/").status_code == 404
    wanted = {**ZEROS, "views": 6, "clicks": 3}
    eventually(lambda: counts(merchant.get(f"/metrics/{lamp['product_id']}/").json()), wanted)
    assert counts(merchant.get(f"/metrics/{cup['product_id']}/").json()) == ZEROS
    dashboard = merchant.get("/metrics/dashboard_metrics/").json()
    assert (dashboard["views"], dashboard["clicks"]) == (6, 3)


def test_favourites_carts_and_orders_count_and_a_cancelled_order_is_taken_back(
    merchant: Caller, shopper: Caller
) -> None:
    lamp, cup = merchant.core.product(price="10.00", stock=50), merchant.core.product(price="2.50", stock=50)
    for product, calls in ((lamp, 3), (cup, 2)):
        for _ in range(calls):
            shopper.post(f"/products/{product['slug']}/favorite/")
    for quantity in (2, 1):
        shopper.post("/cart/add_item/", {"product_id": lamp["product_id"], "quantity": quantity})
    made = [place(shopper, (lamp, 2), (cup, 4)).json()["id"] for _ in range(2)]
    eventually(
        lambda: [counts(one) for one in merchant.get("/metrics/").json()],
        [
            {**ZEROS, "sales": 8, "revenue": "20.00"},
            {**ZEROS, "favorites": 1, "cart_additions": 2, "sales": 4, "revenue": "40.00"},
        ],
    )
    cancelled = merchant.patch(f"/orders/{made[0]}/cancel_order/", {"cancellation_reason": "Sold out"})
    assert cancelled.status_code == 200
    whole = merchant.get(f"/metrics/product_metrics/{lamp['slug']}/").json()
    assert counts(whole["metrics"]) == {
        **ZEROS, "favorites": 1, "cart_additions": 2, "sales": 2, "revenue": "20.00"
    }  # fmt: skip
    assert [order["id"] for order in whole["recent_orders"]] == made[::-1]
    assert whole["recent_orders"][0] == merchant.get(f"/orders/{made[1]}/").json()
    dashboard = merchant.get("/metrics/dashboard_metrics/").json()
    assert [dashboard[name] for name in ("favorites", "sales", "revenue")] == [1, 6, "30.00"]
    assert [dashboard[name] for name in ("total_products", "active_products", "total_orders")] == [2, 2, 2]
    assert [order["id"] for order in dashboard["recent_orders"]] == made[::-1]


def test_recent_orders_are_the_newest_ten_of_the_product_and_hidden_ones_are_not_among_them(
    merchant: Caller, shopper: Caller, staff: Caller
) -> None:
    lamp, cup = merchant.core.product(stock=50), merchant.core.product(stock=50)
    made = [place(shopper, (lamp, 1)).json()["id"] for _ in range(12)]
    other = place(shopper, (cup, 1)).json()["id"]
    assert staff.delete(f"/orders/{made[-1]}/").status_code == 204
    recent = merchant.get(f"/metrics/product_metrics/{lamp['slug']}/").json()["recent_orders"]
    assert [order["id"] for order in recent] == made[-2:-12:-1]
    recent = merchant.get("/metrics/dashboard_metrics/").json()["recent_orders"]
    assert [order["id"] for order in recent] == [other, *made[-2:-11:-1]]


def test_a_seller_sees_their_own_products_and_lines_alone(company: Company, staff: Caller) -> None:
    deal = company.strike()
    (one, two), (lamp, cup) = deal.sellers, deal.products
    for path in (f"/metrics/{lamp['product_id']}/", f"/metrics/product_metrics/{lamp['slug']}/"):
        assert two.get(path).status_code == 404
        assert one.get(path).status_code == staff.get(path).status_code == 200
    assert lamp["product_id"] not in [record["id"] for record in two.get("/metrics/").json()]
    assert lamp["product_id"] not in [record["id"] for record in staff.get("/metrics/").json()]
    for answer in ("/metrics/dashboard_metrics/", f"/metrics/product_metrics/{cup['slug']}/"):
        latest = two.get(answer).json()["recent_orders"][0]
        assert [item["product"]["id"] for item in latest["items"]] == [cup["product_id"]]
    whole = staff.get(f"/metrics/product_metrics/{cup['slug']}/").json()["recent_orders"][0]
    assert len(whole["items"]) == 2


@pytest.mark.parametrize("path", ["", "dashboard_metrics/", "product_metrics/no-such-slug/", f"{NOTHING}/"])
def test_metrics_are_for_sellers(path: str, passer_by: Caller, company: Company, merchant: Caller) -> None:
    assert passer_by.get(f"/metrics/{path}").status_code == 401
    assert company.buyer.get(f"/metrics/{path}").status_code == 403
    own = merchant.get(f"/metrics/{path}").status_code
    assert own == (200 if path in ("", "dashboard_metrics/") else 404)


def test_what_names_nothing_is_404(merchant: Caller) -> None:
    for path in ("no-id", "0", "-1", "1" * 400, "%00", "product_metrics/%00", "product_metrics/" + "x" * 400):
        assert merchant.get(f"/metrics/{path}/").status_code == 404


def test_visits_of_a_category_are_counted(passer_by: Caller, shopper: Caller, staff: Caller) -> None:
    category = staff.core.command("create-category", name=f"Visited {time.time_ns()}")["result"]
    path = f"/categories/{category['slug']}/products/"
    for who in (passer_by, shopper):
        assert who.get(path).status_code == 200
    assert passer_by.get(path, params={"page": 2}).status_code == 404
    assert passer_by.get(path, params={"min_price": "x"}).status_code == 400

    def visits() -> int | None:
        found = staff.core.query("category-visits", size=100)["items"]
        return next((one["visits"] for one in found if one["slug"] == category["slug"]), None)

    eventually(visits, 2)
