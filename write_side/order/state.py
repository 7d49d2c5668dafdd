"""What the rules need to know of an order: facts, and the one status that follows from them."""

import msgspec
from msgspec import UNSET

from write_side.messages import Event
from write_side.order.events import (
    CarrierCodeStored,
    ItemsReturned,
    OrderCancelled,
    OrderDelivered,
    OrderHidden,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderReturned,
    OrderShipped,
    OrderTakenInWork,
    PastOrderRecorded,
    TrackingStored,
)
from write_side.values import OrderLine
from write_side.work import Aggregate


class Tracking(msgspec.Struct, frozen=True, gc=False):
    """What one seller has said of their parcel."""

    tracking_number: str = ""
    carrier: str = ""
    carrier_code: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    order_id: int = 0
    number: str = ""
    person_id: int = 0
    lines: tuple[OrderLine, ...] = ()
    total: int = 0
    paid: int = 0
    refunded: int = 0
    in_work: bool = False
    shipped: bool = False
    delivered: bool = False
    returned: bool = False
    cancelled: bool = False
    hidden: bool = False
    trackings: dict[int | None, Tracking] = {}  # by seller
    past: bool = False
    placed_at: str = ""  # business time, of a past order
    items_returned: dict[int, int] = {}  # quantity by line

    @property
    def status(self) -> str:
        """The furthest fact: placed, paid, in-work, shipped, delivered, returned or cancelled."""
        if self.cancelled:
            return "cancelled"
        if self.returned:
            return "returned"
        if self.delivered:
            return "delivered"
        if self.shipped:
            return "shipped"
        if self.in_work:
            return "in-work"
        return "paid" if self.paid else "placed"

    @property
    def sellers(self) -> set[int | None]:
        """Who sells a line of it; None: the shop itself."""
        return {line.seller_id for line in self.lines}


_replace = msgspec.structs.replace


def evolve(order: Order, event: Event) -> Order:
    match event:
        case OrderPlaced():
            return Order(
                order_id=event.order_id,
                number=event.number,
                person_id=event.person_id,
                lines=event.lines,
                total=event.charges.total,
            )
        case PastOrderRecorded():
            return Order(
                order_id=event.order_id,
                number=event.number,
                person_id=event.person_id or 0,
                lines=event.lines,
                total=event.money.total,
                paid=event.money.total,
                delivered=True,
                past=True,
                placed_at=event.placed_at,
            )
        case ItemsReturned():
            returned = dict(order.items_returned)
            for line in event.lines:
                returned[line.order_line_id] = returned.get(line.order_line_id, 0) + line.quantity
            return _replace(order, items_returned=returned)
        case OrderPaid():
            return _replace(order, paid=order.paid + event.amount)
        case OrderTakenInWork():
            return _replace(order, in_work=True)
        case OrderShipped():
            return _replace(order, shipped=True)
        case OrderDelivered():
            return _replace(order, delivered=True)
        case OrderReturned():
            return _replace(order, returned=True)
        case OrderCancelled():
            return _replace(order, cancelled=True)
        case OrderHidden():
            return _replace(order, hidden=True)
        case TrackingStored():
            return _tell(order, event, tracking_number=event.tracking_number)
        case CarrierCodeStored():
            return _tell(order, event, carrier_code=event.carrier_code)
        case OrderRefunded():
            return _replace(order, refunded=order.refunded + event.amount)
        case _:
            return order


def _tell(order: Order, event: TrackingStored | CarrierCodeStored, **said: str) -> Order:
    if event.carrier is not UNSET:
        said["carrier"] = event.carrier
    tracking = _replace(order.trackings.get(event.seller_id, Tracking()), **said)
    return _replace(order, trackings={**order.trackings, event.seller_id: tracking})


ORDER = Aggregate("order", Order(), evolve)
