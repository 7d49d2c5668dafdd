"""Order events, in streams `order-<id>`."""

from typing import ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from write_side.messages import Event
from write_side.values import Charges, Minor, OrderLine, OtherCharge, Sealed


class OrderPlaced(Event, frozen=True):
    """Names, prices and addresses are snapshots of the moment of checkout. `surface` is whose pricing
    policy made the charges."""

    TOPIC: ClassVar[str] = "order.placed"

    order_id: int
    number: str
    person_id: int
    lines: tuple[OrderLine, ...]
    charges: Charges
    pricing: str
    shipping_address: Sealed | None = None
    billing_address: Sealed | None = None
    notes: Sealed | None = None


class OrderAmended(Event, frozen=True):
    """Only what changed is set; None: it was taken away."""

    TOPIC: ClassVar[str] = "order.amended"

    order_id: int
    shipping_address: Sealed | UnsetType | None = UNSET
    notes: Sealed | UnsetType | None = UNSET


class OrderHidden(Event, frozen=True):
    """Nobody is shown it any more; what was sold, and the stock, stay as they are."""

    TOPIC: ClassVar[str] = "order.hidden"

    order_id: int


class OrderPaid(Event, frozen=True):
    TOPIC: ClassVar[str] = "order.paid"

    order_id: int
    amount: Minor


class OrderTakenInWork(Event, frozen=True):
    TOPIC: ClassVar[str] = "order.taken-in-work"

    order_id: int
    note: str = ""


class TrackingStored(Event, frozen=True):
    """Where a seller's part can be followed: of each seller the last one counts. A carrier that is not set
    stays as it was."""

    TOPIC: ClassVar[str] = "order.tracking-stored"

    order_id: int
    seller_id: int | None  # None: the shop's own goods, that no seller offers
    tracking_number: str
    carrier: str | UnsetType = UNSET


class CarrierCodeStored(Event, frozen=True):
    """The carrier's code for a seller's part: of each seller the last one counts."""

    TOPIC: ClassVar[str] = "order.carrier-code-stored"

    order_id: int
    seller_id: int | None
    carrier_code: str
    carrier: str | UnsetType = UNSET


class OrderShipped(Event, frozen=True):
    """By one seller, or (seller None) the whole order. Without a tracking number it is ""."""

    TOPIC: ClassVar[str] = "order.shipped"

    order_id: int
    tracking_number: str
    seller_id: int | None = None
    carrier: str = ""
    note: str = ""


class OrderDelivered(Event, frozen=True):
    TOPIC: ClassVar[str] = "order.delivered"

    order_id: int
    seller_id: int | None = None
    note: str = ""


class OrderReturned(Event, frozen=True):
    TOPIC: ClassVar[str] = "order.returned"

    order_id: int
    restocked: bool
    note: str = ""


class OrderCancelled(Event, frozen=True):
    TOPIC: ClassVar[str] = "order.cancelled"

    order_id: int
    reason: str = ""


class OrderRefunded(Event, frozen=True):
    """Money went back; `amount` this time."""

    TOPIC: ClassVar[str] = "order.refunded"

    order_id: int
    amount: Minor


class PastOrderRecorded(Event, frozen=True):
    """An order of past business: delivered and paid long ago, known by the number that `source` gave.
    `placed_at` is business time, apart from the event's own; a guest's order has no person. In `money`
    the subtotal is that of the goods, the total adds the other charges (and may be below zero)."""

    TOPIC: ClassVar[str] = "order.recorded"

    order_id: int
    source: str
    number: str
    placed_at: str
    lines: tuple[OrderLine, ...]
    charges: tuple[OtherCharge, ...]
    money: Charges
    person_id: int | None = None
    country: str | None = None


class ReturnedItems(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """So many of a line of the order."""

    order_line_id: int
    quantity: int


class ItemsReturned(Event, frozen=True):
    """Some of a past order's goods came back with a return; `returned_at` is business time."""

    TOPIC: ClassVar[str] = "order.items-returned"

    order_id: int
    return_id: int
    returned_at: str
    lines: tuple[ReturnedItems, ...]


OrderEvent = (
    OrderPlaced
    | PastOrderRecorded
    | ItemsReturned
    | OrderAmended
    | OrderHidden
    | TrackingStored
    | CarrierCodeStored
    | OrderPaid
    | OrderTakenInWork
    | OrderShipped
    | OrderDelivered
    | OrderReturned
    | OrderCancelled
    | OrderRefunded
)
