"""Which streams are written by what is said about an order, and what is sealed before: the buyer's address and
notes, under the buyer's key, whoever writes them down."""

import json
from typing import Any, Protocol

from write_side.messages import Actor
from write_side.order import details, parties
from write_side.order.commands import AmendOrder, HideOrder, PlaceOrder, StoreCarrierCode, StoreTracking
from write_side.order.handlers import find, involved, status
from write_side.order.state import ORDER, Tracking
from write_side.refusals import Unauthenticated
from write_side.values import Sealed
from write_side.work import Work, handles


class Services(Protocol):
    """What preparation needs; `storefold/bootstrap.py` provides it."""

    def seal(self, person_id: int, text: str) -> Sealed: ...
    def buyer_of(self, order_id: int) -> int | None: ...


def seal(command: PlaceOrder | AmendOrder, person_id: int, services: Services) -> dict[str, Sealed | None]:
    """The personal fields that are sent; None for one that is empty. Raises KeyDestroyed."""
    found: dict[str, Sealed | None] = {}
    if "shipping_address" in command.model_fields_set:
        address = command.shipping_address
        text = json.dumps(address.model_dump(), ensure_ascii=False) if address is not None else ""
        found["shipping_address"] = services.seal(person_id, text) if text else None
    if "notes" in command.model_fields_set:
        found["notes"] = services.seal(person_id, command.notes) if command.notes else None
    return found


def _prepare(command: AmendOrder, actor: Actor, services: Services) -> dict[str, Sealed | None]:
    """Who an order's buyer is never changes: it can be asked before the order's turn comes."""
    if actor.person_id is None and actor.service is None:
        raise Unauthenticated
    buyer = services.buyer_of(command.order_id)
    # An order of nobody's is refused when its turn comes: there is none, or it is a guest's and long over.
    return seal(command, buyer, services) if buyer else {}


@handles(AmendOrder, _prepare)
def amend_order(command: AmendOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    work.record(ORDER, order.order_id, details.amend(order, work.prepared or {}))
    return status(work, order.order_id)


@handles(HideOrder)
def hide_order(command: HideOrder, work: Work) -> dict[str, Any]:
    order, _ = involved(work, command.order_id)
    work.record(ORDER, order.order_id, details.hide(order))
    return {"order_id": order.order_id}


@handles(StoreTracking)
def store_tracking(command: StoreTracking, work: Work) -> dict[str, Any]:
    order, _ = involved(work, command.order_id)
    seller_id = parties.ensure_sells(order, work.actor)
    events = details.store_tracking(order, seller_id, command.tracking_number, command.carrier)
    work.record(ORDER, order.order_id, events)
    return _told(work, order.order_id, seller_id)


@handles(StoreCarrierCode)
def store_carrier_code(command: StoreCarrierCode, work: Work) -> dict[str, Any]:
    order, _ = involved(work, command.order_id)
    sellers = parties.parts_of(order, work.actor)
    events = details.store_carrier_code(order, sellers, command.carrier_code, command.carrier)
    work.record(ORDER, order.order_id, events)
    return _told(work, order.order_id, sellers[0] if sellers else None)


def _told(work: Work, order_id: int, seller_id: int | None) -> dict[str, Any]:
    tracking = work.state(ORDER, order_id).trackings.get(seller_id, Tracking())
    return {
        **status(work, order_id),
        "seller_id": seller_id,
        "tracking_number": tracking.tracking_number,
        "carrier": tracking.carrier,
        "carrier_code": tracking.carrier_code,
    }
