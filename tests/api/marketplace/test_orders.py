"""The marketplace's orders: placed, read, changed and hidden, row by row."""

from typing import Any

import pytest
from support.deals import ADDRESS, Company, Deal, available, ids, place
from support.surfaces import Caller

NOTHING = 999_999_999_999


# -- placing --------------------------------------------------------------------------------------


def test_an_order_as_it_is_placed(deal: Deal) -> None:
    order, (one, two) = deal.order, deal.sellers
    assert order == {
        "id": order["id"],
        "status": "pending",
        "buyer": {"id": deal.buyer.person_id, "username": f"user-{deal.buyer.person_id}"},
        "items": [
            {
                "id": order["items"][n]["id"],
                "product": {
                    "id": deal.products[n]["product_id"],
                    "name": order["items"][n]["product"]["name"],
                    "slug": deal.products[n]["slug"],
                },
                "seller": {"id": seller.person_id, "username": f"user-{seller.person_id}"},
                "quantity": quantity,
                "unit_price": price,
                "total_price": total,
            }
            for n, (seller, quantity, price, total) in enumerate([(one, 2, "10.00", "20.00"), (two, 1, "2.50", "2.50")])
        ],
        "subtotal": "22.50",
        "shipping_cost": "0.00",
        "tax_amount": "0.00",
        "total_amount": "22.50",
        "shipping_address": ADDRESS,
        "shipping": [],
        "notes": "Ring twice",
        "cancellation_reason": "",
        "created_at": order["created_at"],
        "updated_at": order["updated_at"],
    }
    assert deal.buyer.get(deal.path).json() == order
    assert [available(deal.products[n], deal.sellers[n]) for n in (0, 1)] == [3, 4]


def test_an_order_of_the_cart_empties_it_and_one_of_items_does_not(shopper: Caller, merchant: Caller) -> None:
    lamp = merchant.core.product(stock=9)
    empty = shopper.post("/orders/", {"shipping_address": ADDRESS})
    assert (empty.status_code, list(empty.json())) == (400, ["detail"])
    shopper.post("/cart/add_item/", {"product_id": lamp["product_id"], "quantity": 2})
    assert place(shopper, (lamp, 1)).status_code == 201
    assert shopper.get("/cart/").json()["total_items"] == 2
    made = shopper.post("/orders/", {})
    assert made.status_code == 201
    assert [item["quantity"] for item in made.json()["items"]] == [2]
    assert (made.json()["shipping_address"], made.json()["notes"]) == ({}, "")
    assert shopper.get("/cart/").json()["items"] == []
    assert available(lamp, merchant) == 6


def test_what_the_body_says_of_prices_statuses_and_buyers_is_ignored(shopper: Caller, merchant: Caller) -> None:
    lamp = merchant.core.product(stock=9, price="5.00")
    body = {
        "items": [{"product_id": lamp["product_id"], "quantity": 1, "unit_price": "0.01", "price": 1}],
        "status": "delivered", "total_amount": "0.00", "subtotal": "0.00", "buyer": 1, "id": 7,
    }  # fmt: skip
    order = shopper.post("/orders/", body).json()
    assert (order["status"], order["total_amount"], order["buyer"]["id"]) == ("pending", "5.00", shopper.person_id)
    merchant.core.command("update-product", product_id=lamp["product_id"], price="7.00")
    assert shopper.get(f"/orders/{order['id']}/").json()["items"][0]["unit_price"] == "5.00"
    assert place(shopper, (lamp, 1)).json()["total_amount"] == "7.00"


def test_all_lines_or_none(shopper: Caller, merchant: Caller) -> None:
    lamp, vase = merchant.core.product(stock=5), merchant.core.product(stock=1)
    assert place(shopper, (lamp, 2), (vase, 2)).status_code == 400
    assert place(shopper, (lamp, 3), (lamp, 3)).status_code == 400
    assert (available(lamp, merchant), available(vase, merchant)) == (5, 1)
    assert place(shopper, (lamp, 3), (lamp, 2)).status_code == 201
    assert available(lamp, merchant) == 0


def test_what_is_not_sold_is_not_ordered(shopper: Caller, merchant: Caller) -> None:
    lamp, gone = merchant.core.product(stock=5), merchant.core.product(stock=5)
    merchant.core.command("update-product", product_id=gone["product_id"], active=False)
    assert place(shopper, (lamp, 1), (gone, 1)).status_code == 404
    assert place(shopper, (lamp, 1), ({"product_id": NOTHING}, 1)).status_code == 404
    assert available(lamp, merchant) == 5


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"items": []}, "items"),
        ({"items": {}}, "items"),
        ({"items": [1]}, "items"),
        ({"items": [{"quantity": 1}]}, "items"),
        ({"items": [{"product_id": 1}]}, "items"),
        ({"items": [{"product_id": 1, "quantity": 0}]}, "items"),
        ({"items": [{"product_id": 1, "quantity": "1.5"}]}, "items"),
        ({"items": [{"product_id": 1, "quantity": 10**30}]}, "items"),
        ({"shipping_address": "London"}, "shipping_address"),
        ({"shipping_address": {"city": 7}}, "shipping_address"),
        ({"shipping_address": {"city": "a\x00b"}}, "shipping_address"),
        ({"notes": ["n"]}, "notes"),
        ({"notes": "n" * 5001}, "notes"),
    ],
)
def test_what_is_no_order(outsiders: list[Caller], body: Any, field: str) -> None:
    answer = outsiders[0].post("/orders/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_what_another_surface_charged_adds_up(deal: Deal) -> None:
    """Tax and shipping of the store stand in fields of their own."""
    buyer, one = deal.buyer, deal.sellers[0]
    buyer.core.command("add-to-cart", product_id=deal.products[0]["product_id"], quantity=2)
    address = buyer.core.address(apartment="4b")
    made = buyer.core.command("place-order", shipping_address_id=address, pricing="store")["result"]["order_id"]
    for person in (buyer, one):
        order = person.get(f"/orders/{made}/").json()
        amounts = [order[name] for name in ("subtotal", "tax_amount", "shipping_cost", "total_amount")]
        assert amounts == ["20.00", "2.00", "5.00", "27.00"]
        assert order["shipping_address"]["street"] == "12 St James's Square, 4b"
    buyer.core.command("cancel-order", order_id=made)
    assert buyer.get(f"/orders/{made}/").json()["status"] == "cancelled"


# -- reading --------------------------------------------------------------------------------------


def test_who_finds_which_orders(passer_by: Caller, staff: Caller, outsiders: list[Caller]) -> None:
    deal = Company.of(passer_by).strike()
    number, (one, two) = deal.order["id"], deal.sellers
    later = place(one, (deal.products[1], 1)).json()["id"]  # a seller buys, too
    assert ids(deal.buyer.get("/orders/")) == ids(deal.buyer.get("/orders/my_orders/")) == [number]
    assert ids(one.get("/orders/")) == [later, number]
    assert ids(one.get("/orders/my_orders/")) == [later]
    assert ids(two.get("/orders/")) == [later, number]
    assert ids(two.get("/orders/my_orders/")) == []
    assert ids(one.get("/orders/seller_orders/")) == [number]
    assert ids(two.get("/orders/seller_orders/")) == [later, number]
    assert number not in ids(staff.get("/orders/"))
    assert deal.buyer.get("/orders/seller_orders/").status_code == 403
    stranger = outsiders[1]
    assert ids(stranger.get("/orders/")) == ids(stranger.get("/orders/seller_orders/")) == []
    for seller, product, total in zip(deal.sellers, deal.products, ("20.00", "2.50"), strict=True):
        listed = seller.get("/orders/seller_orders/").json()[-1]
        assert [item["product"]["id"] for item in listed["items"]] == [product["product_id"]]
        assert (listed["subtotal"], listed["total_amount"]) == (total, total)
        assert seller.get(deal.path).json() == deal.buyer.get(deal.path).json()  # whoever moves it sees all of it
        assert listed["shipping_address"] == ADDRESS

    def found(status: str) -> list[int]:
        return ids(one.get("/orders/seller_orders/", params={"status": status}))

    assert (found("pending"), found("shipped"), found("nonsense")) == ([number], [], [])
    one.patch(f"{deal.path}process_order/")
    assert (found("pending"), found("awaiting_shipment")) == ([], [number])


def test_lists_are_arrays_or_pages(shopper: Caller, merchant: Caller) -> None:
    lamp = merchant.core.product(stock=9)
    made = [place(shopper, (lamp, 1)).json()["id"] for _ in range(3)]
    for path in ("/orders/", "/orders/my_orders/"):
        bare = shopper.get(path)
        assert (ids(bare), bare.headers["x-total-count"]) == (made[::-1], "3")
        page = shopper.get(path, params={"page": 1, "page_size": 2}).json()
        assert ([o["id"] for o in page["results"]], page["count"], page["previous"]) == (made[:0:-1], 3, None)
        following = shopper.http.get(page["next"]).json()
        assert ([o["id"] for o in following["results"]], following["next"]) == (made[:1], None)
        for wrong in ("3", "0", "-1", "x"):
            assert shopper.get(path, params={"page": wrong, "page_size": 2}).status_code == 404
    pages = merchant.get("/orders/seller_orders/", params={"page": 2, "page_size": 2, "status": "pending"}).json()
    assert ([o["id"] for o in pages["results"]], pages["count"]) == (made[:1], 3)
    assert merchant.get("/orders/my_orders/", params={"page": 1}).json()["results"] == []


def test_who_may_see_an_order(settled: Deal, staff: Caller, passer_by: Caller, outsiders: list[Caller]) -> None:
    deal = settled
    for path in (deal.path, f"{deal.path}tracking_info/"):
        for person in (deal.buyer, *deal.sellers, staff):
            assert person.get(path).status_code == 200
        for stranger in outsiders:
            assert stranger.get(path).status_code == 404
        assert passer_by.get(path).status_code == 401
    assert len(staff.get(deal.path).json()["items"]) == 2


@pytest.mark.parametrize(
    "wrong", [str(NOTHING), "abc", "0", "-1", "1.5", "9" * 40, "%00", "018f0000-0000-7000-8000-000000000000"]
)
def test_an_id_that_names_nothing(outsiders: list[Caller], staff: Caller, wrong: str) -> None:
    shopper = outsiders[0]
    path = f"/orders/{wrong}/"
    assert shopper.get(path).status_code == 404
    assert shopper.get(f"{path}tracking_info/").status_code == 404
    assert shopper.patch(path, {"notes": "n"}).status_code == 404
    assert shopper.patch(f"{path}update_status/", {"status": "cancelled"}).status_code == 404
    assert staff.delete(path).status_code == 404


# -- changing -------------------------------------------------------------------------------------


def test_where_it_goes_and_notes_change_while_it_is_pending(deal: Deal, staff: Caller) -> None:
    moved = {**ADDRESS, "city": "Leeds"}
    changed = deal.buyer.patch(deal.path, {"shipping_address": moved, "status": "shipped", "items": [], "buyer": 1})
    assert changed.status_code == 200
    expected = deal.order | {"shipping_address": moved, "updated_at": changed.json()["updated_at"]}
    assert changed.json() == expected
    changed = staff.patch(deal.path, {"notes": "Leave it at the door"})
    assert changed.json() == expected | {"notes": "Leave it at the door", "updated_at": changed.json()["updated_at"]}
    assert deal.buyer.patch(deal.path, {"notes": None, "shipping_address": None}).json()["notes"] == ""
    assert deal.buyer.get(deal.path).json()["shipping_address"] == {}
    assert deal.buyer.patch(deal.path, {}).status_code == 200
    assert deal.buyer.patch(deal.path, {"notes": 7}).json() == {"notes": ["Not a valid string."]}
    deal.sellers[0].patch(f"{deal.path}process_order/")
    for person in (deal.buyer, staff):
        late = person.patch(deal.path, {"notes": "too late"})
        assert (late.status_code, list(late.json())) == (400, ["detail"])
    assert deal.buyer.get(deal.path).json()["notes"] == ""


def test_nobody_else_changes_or_deletes_it(settled: Deal, passer_by: Caller, outsiders: list[Caller]) -> None:
    deal = settled
    for person in (*deal.sellers, *outsiders):
        assert person.patch(deal.path, {"notes": "mine now"}).status_code == 404
        assert person.delete(deal.path).status_code == 403
    assert deal.buyer.delete(deal.path).status_code == 403
    assert passer_by.patch(deal.path, {"notes": "n"}).status_code == 401
    assert passer_by.delete(deal.path).status_code == 401
    assert deal.buyer.get(deal.path).json() == deal.order


def test_a_deleted_order_is_nowhere_and_its_stock_stays_taken(deal: Deal, staff: Caller) -> None:
    assert staff.delete(deal.path).status_code == 204
    for person in (deal.buyer, *deal.sellers, staff):
        assert person.get(deal.path).status_code == 404
        assert person.get(f"{deal.path}tracking_info/").status_code == 404
        assert deal.order["id"] not in ids(person.get("/orders/"))
        assert person.core.http.get(f"/queries/order/{deal.order['id']}").status_code == 404
    assert staff.delete(deal.path).status_code == 404
    assert deal.sellers[0].patch(f"{deal.path}process_order/").status_code == 404
    assert deal.order["id"] not in ids(deal.sellers[0].get("/orders/seller_orders/"))
    assert available(deal.products[0], deal.sellers[0]) == 3
