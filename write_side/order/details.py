"""The rules of what an order says beside what was bought: where it goes, notes, where it can be followed."""

from collections.abc import Iterable, Mapping

from msgspec import UNSET, structs

from write_side.messages import Event
from write_side.order.decide import WrongOrderStatus
from write_side.order.events import CarrierCodeStored, OrderAmended, OrderHidden, TrackingStored
from write_side.order.state import Order, Tracking
from write_side.values import Sealed

CODED = frozenset({"placed", "paid", "in-work"})
"""Not with the carrier yet, who has been told the code by then."""


def amend(order: Order, changes: Mapping[str, Sealed | None]) -> list[Event]:
    """`changes`: shipping_address, notes or both; None takes away. Until the order is in work."""
    if order.status not in {"placed", "paid"}:
        raise WrongOrderStatus(
            f"an order that is {order.status} cannot be changed any more", status=order.status, wanted="amended"
        )
    # Sealed twice, the same text gives other bytes: what is sent again is recorded again.
    return [OrderAmended(order_id=order.order_id, **changes)] if changes else []


def hide(order: Order) -> list[Event]:
    return [] if order.hidden else [OrderHidden(order_id=order.order_id)]


def store_tracking(order: Order, seller_id: int, number: str, carrier: str | None) -> list[Event]:
    if order.cancelled:
        raise _too_late(order, "tracked")
    known = order.trackings.get(seller_id, Tracking())
    if structs.replace(known, tracking_number=number, carrier=_after(known, carrier)) == known:
        return []
    return [
        TrackingStored(
            order_id=order.order_id,
            seller_id=seller_id,
            tracking_number=number,
            carrier=UNSET if carrier is None else carrier,
        )
    ]


def store_carrier_code(order: Order, sellers: Iterable[int | None], code: str, carrier: str | None) -> list[Event]:
    if order.status not in CODED:
        raise _too_late(order, "coded")
    events: list[Event] = []
    for seller_id in sellers:
        known = order.trackings.get(seller_id, Tracking())
        if structs.replace(known, carrier_code=code, carrier=_after(known, carrier)) != known:
            said = UNSET if carrier is None else carrier
            events.append(
                CarrierCodeStored(order_id=order.order_id, seller_id=seller_id, carrier_code=code, carrier=said)
            )
    return events


def number_known(order: Order) -> str:
    """The tracking number of an order that is shipped without one: what its sellers stored, when that is one."""
    numbers = {tracking.tracking_number for tracking in order.trackings.values()} - {""}
    return numbers.pop() if len(numbers) == 1 else ""


def _after(known: Tracking, carrier: str | None) -> str:
    return known.carrier if carrier is None else carrier


def _too_late(order: Order, wanted: str) -> WrongOrderStatus:
    return WrongOrderStatus(
        f"an order that is {order.status} has nothing to be {wanted}", status=order.status, wanted=wanted
    )
