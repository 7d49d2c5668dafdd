"""The marketplace's state machine behind its doors, and what sellers say of their parts."""

from typing import Any

import pytest
from support.deals import Deal, available
from support.surfaces import Caller

STATUSES = ("pending", "awaiting_shipment", "shipped", "delivered", "cancelled")
WAY = {"pending": (), "awaiting_shipment": ("awaiting_shipment",), "shipped": ("awaiting_shipment", "shipped")}
WAYS: dict[str, tuple[str, ...]] = {
    **WAY,
    "delivered": ("awaiting_shipment", "shipped", "delivered"),
    "cancelled": ("cancelled",),
}
ALLOWED = {
    ("pending", "awaiting_shipment"), ("awaiting_shipment", "shipped"), ("shipped", "delivered"),
    ("pending", "cancelled"), ("awaiting_shipment", "cancelled"),
}  # fmt: skip


def bring(deal: Deal, status: str) -> None:
    for step in WAYS[status]:
        assert deal.sellers[0].patch(f"{deal.path}update_order_status/", {"status": step}).status_code == 200


def status_of(deal: Deal) -> str:
    return str(deal.buyer.get(deal.path).json()["status"])


@pytest.mark.parametrize("start", STATUSES)
def test_every_move_from_every_status(deal: Deal, staff: Caller, start: str) -> None:
    """What is refused changes nothing; so all refusals are tried first, and one move last."""
    bring(deal, start)
    one, two = deal.sellers
    doors = {"update_status": (one, two, staff), "update_order_status": (one, two, staff)}
    for door, people in doors.items():
        for person in people:
            for to in STATUSES:
                if (start, to) not in ALLOWED:
                    refused = person.patch(f"{deal.path}{door}/", {"status": to})
                    assert (refused.status_code, status_of(deal)) == (400, start), refused.text
    buyer_s = {("pending", "cancelled"), ("shipped", "delivered")}
    for to in STATUSES:
        if (start, to) not in buyer_s:
            refused = deal.buyer.patch(f"{deal.path}update_status/", {"status": to})
            assert refused.status_code == (403 if (start, to) in ALLOWED else 400)
        assert deal.buyer.patch(f"{deal.path}update_order_status/", {"status": to}).status_code == 403
    if start != "pending":
        assert two.patch(f"{deal.path}process_order/").status_code == 400
    if start not in ("pending", "awaiting_shipment"):
        late = two.patch(f"{deal.path}cancel_order/", {"cancellation_reason": "too late"})
        assert late.status_code == 400
    assert status_of(deal) == start


def test_the_whole_way_by_different_people(deal: Deal) -> None:
    one, two = deal.sellers
    taken = two.patch(f"{deal.path}process_order/").json()
    assert (set(taken), taken["order"]["status"]) == ({"message", "order"}, "awaiting_shipment")
    sent = one.patch(f"{deal.path}update_order_status/", {"status": "shipped"}).json()
    assert (sent["order_id"], sent["previous_status"], sent["new_status"], sent["order"]["status"]) == (
        deal.order["id"],
        "awaiting_shipment",
        "shipped",
        "shipped",
    )
    there = deal.buyer.patch(f"{deal.path}update_status/", {"status": "delivered"}).json()
    assert (set(there), there["status"], there["order"]["status"]) == (
        {"message", "status", "order"},
        "delivered",
        "delivered",
    )
    stock = one.core.query(f"stock/{deal.products[0]['sku']}")
    assert (stock["on_hand"], stock["reserved"]) == (3, 0)


def test_a_paid_order_is_pending_as_well(deal: Deal) -> None:
    deal.buyer.core.command("request-payment", order_id=deal.order["id"])
    assert status_of(deal) == "pending"
    assert deal.sellers[0].patch(f"{deal.path}process_order/").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"status": None}, {"status": 7}, {"status": "lost"}, {"status": ""}, {"status": "PENDING"}]
)
@pytest.mark.parametrize("door", ["update_status", "update_order_status"])
def test_what_is_no_status(settled: Deal, door: str, body: Any) -> None:
    answer = settled.sellers[0].patch(f"{settled.path}{door}/", body)
    assert (answer.status_code, list(answer.json())) == (400, ["status"])


MOVES = [
    ("update_status", {"status": "cancelled"}),
    ("update_order_status", {"status": "cancelled"}),
    ("process_order", None),
    ("cancel_order", {"cancellation_reason": "r"}),
    ("update_tracking", {"tracking_number": "T"}),
    ("update_carrier_code", {"carrier_code": "C"}),
]


@pytest.mark.parametrize(("door", "body"), MOVES)
def test_strangers_and_buyers_stay_outside(
    settled: Deal, passer_by: Caller, outsiders: list[Caller], door: str, body: Any
) -> None:
    deal = settled
    path = f"{deal.path}{door}/"
    assert passer_by.patch(path, body).status_code == 401
    for stranger in outsiders:
        assert stranger.patch(path, body).status_code in (403, 404)
    if door != "update_status":
        assert deal.buyer.patch(path, body).status_code in (403, 404)
    assert deal.buyer.get(deal.path).json() == deal.order


# -- cancelling -----------------------------------------------------------------------------------


def test_a_seller_cancels_the_whole_order_once(deal: Deal) -> None:
    one, two = deal.sellers
    done = two.patch(f"{deal.path}cancel_order/", {"cancellation_reason": " Sold out. "})
    assert (done.status_code, done.json()["status"], done.json()["cancellation_reason"]) == (
        200,
        "cancelled",
        "Sold out.",
    )
    assert one.patch(f"{deal.path}cancel_order/", {"cancellation_reason": "again"}).status_code == 400
    assert deal.buyer.patch(f"{deal.path}update_status/", {"status": "cancelled"}).status_code == 400
    assert [available(product, deal.sellers[n]) for n, product in enumerate(deal.products)] == [5, 5]
    assert deal.buyer.get(deal.path).json()["cancellation_reason"] == "Sold out."


def test_a_buyer_and_an_administrator_cancel(deal: Deal, staff: Caller) -> None:
    again = deal.buyer.post("/orders/", {"items": [{"product_id": deal.products[0]["product_id"], "quantity": 1}]})
    assert deal.buyer.patch(f"{deal.path}update_status/", {"status": "cancelled"}).json()["status"] == "cancelled"
    done = staff.patch(f"/orders/{again.json()['id']}/cancel_order/", {"cancellation_reason": "fraud"})
    assert done.json()["status"] == "cancelled"
    assert available(deal.products[0], deal.sellers[0]) == 5


@pytest.mark.parametrize("reason", [None, "", "   ", 7, ["r"], "r" * 1001, "a\x00b"])
def test_whoever_cancels_says_why(settled: Deal, reason: Any) -> None:
    deal = settled
    for body in ({"cancellation_reason": reason}, {}):
        answer = deal.sellers[0].patch(f"{deal.path}cancel_order/", body)
        assert (answer.status_code, list(answer.json())) == (400, ["cancellation_reason"])
    assert status_of(deal) == "pending"


# -- tracking -------------------------------------------------------------------------------------


def test_each_seller_says_where_their_part_is(deal: Deal, staff: Caller) -> None:
    one, two = deal.sellers
    info = f"{deal.path}tracking_info/"
    assert deal.buyer.get(info).json() == {"order_id": deal.order["id"], "tracking": []}
    first = one.patch(f"{deal.path}update_tracking/", {"tracking_number": "T-1", "shipping_carrier": "DHL"})
    assert first.json() == {
        "message": first.json()["message"],
        "order": {"id": deal.order["id"], "status": "pending"},
        "shipping": {"tracking_number": "T-1", "shipping_carrier": "DHL", "carrier_code": ""},
    }
    coded = one.patch(f"{deal.path}update_carrier_code/", {"carrier_code": "DE-1"})
    assert coded.json() == {
        "message": coded.json()["message"],
        "order": {"id": deal.order["id"], "status": "pending"},
        "shipping": {"carrier_code": "DE-1", "shipping_carrier": "DHL"},
    }
    two.patch(f"{deal.path}update_tracking/", {"tracking_number": "X"})
    one.patch(f"{deal.path}update_tracking/", {"tracking_number": "T-2", "shipping_carrier": "UPS"})
    tracking = deal.buyer.get(info).json()["tracking"]
    assert [(t["seller"]["id"], t["tracking_number"], t["shipping_carrier"], t["carrier_code"]) for t in tracking] == [
        (one.person_id, "T-2", "UPS", "DE-1"),
        (two.person_id, "X", "", ""),
    ]
    assert deal.buyer.get(deal.path).json()["shipping"] == staff.get(info).json()["tracking"] == tracking
    assert one.get(info).json()["tracking"] == tracking
    assert status_of(deal) == "pending"


def test_until_when_tracking_and_codes_are_taken(deal: Deal, staff: Caller) -> None:
    one = deal.sellers[0]
    track, code = f"{deal.path}update_tracking/", f"{deal.path}update_carrier_code/"
    assert staff.patch(track, {"tracking_number": "T"}).status_code == 403
    assert staff.patch(code, {"carrier_code": "C"}).status_code == 200
    bring(deal, "shipped")
    assert one.patch(code, {"carrier_code": "late"}).status_code == 400
    assert one.patch(track, {"tracking_number": "late"}).json()["order"]["status"] == "shipped"
    deal.buyer.patch(f"{deal.path}update_status/", {"status": "delivered"})
    assert one.patch(code, {"carrier_code": "late"}).status_code == 400
    shown = deal.buyer.get(f"{deal.path}tracking_info/").json()["tracking"]
    assert [(t["tracking_number"], t["carrier_code"]) for t in shown] == [("late", "C"), ("", "C")]


def test_nothing_is_said_of_a_cancelled_order(deal: Deal) -> None:
    one = deal.sellers[0]
    bring(deal, "cancelled")
    assert one.patch(f"{deal.path}update_tracking/", {"tracking_number": "T"}).status_code == 400
    assert one.patch(f"{deal.path}update_carrier_code/", {"carrier_code": "C"}).status_code == 400
    assert deal.buyer.get(f"{deal.path}tracking_info/").json()["tracking"] == []


@pytest.mark.parametrize("value", [None, "", "  ", 7, "x" * 101, "a\x00b"])
@pytest.mark.parametrize(
    ("door", "field"), [("update_tracking", "tracking_number"), ("update_carrier_code", "carrier_code")]
)
def test_numbers_and_codes_that_are_none(settled: Deal, door: str, field: str, value: Any) -> None:
    deal = settled
    one = deal.sellers[0]
    for body in ({field: value}, {}):
        answer = one.patch(f"{deal.path}{door}/", body)
        assert (answer.status_code, list(answer.json())) == (400, [field])
    assert deal.buyer.get(f"{deal.path}tracking_info/").json()["tracking"] == []
