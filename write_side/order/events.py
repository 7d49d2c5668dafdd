"""Order events, in streams `order-<id>`."""

from typing import ClassVar

from write_side.messages import Event
from write_side.values import Charges, Minor, OrderLine, Sealed


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


class OrderPaid(Event, frozen=True):
    TOPIC: ClassVar[str] = "order.paid"

    order_id: int
    amount: Minor


class OrderTakenInWork(Event, frozen=True):
    TOPIC: ClassVar[str] = "order.taken-in-work"

    order_id: int
    note: str = ""


class OrderShipped(Event, frozen=True):
    """By one seller, or (seller None) the whole order."""

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


OrderEvent = (
    OrderPlaced
    | OrderPaid
    | OrderTakenInWork
    | OrderShipped
    | OrderDelivered
    | OrderReturned
    | OrderCancelled
    | OrderRefunded
)
