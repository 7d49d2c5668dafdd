"""What may be asked of orders."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from write_side.fields import Id, Line, Text
from write_side.messages import Access, Command

Note = Annotated[Text, Field(max_length=1000)]


class PlaceOrder(Command):
    """Turns the caller's cart into an order: every line or none. Stock is reserved, the cart emptied,
    names, prices and addresses are kept as they are now."""

    shipping_address_id: Id | None = None
    billing_address_id: Id | None = None
    pricing: Literal["none", "store"] = Field(default="none", description="the pricing policy: tax and shipping")


class CancelOrder(Command):
    """Cancels an order that has not been shipped. Stock goes back, money that was paid is refunded."""

    order_id: Id
    reason: Note = ""


class StartOrder(Command):
    """Takes an order in work."""

    access: ClassVar[Access] = Access.ADMIN

    order_id: Id
    note: Note = ""


class ShipOrder(Command):
    """Records that the goods left. The reservation is consumed."""

    access: ClassVar[Access] = Access.ADMIN

    order_id: Id
    tracking_number: Line
    carrier: Note = ""
    note: Note = ""


class DeliverOrder(Command):
    """Records that the goods arrived."""

    access: ClassVar[Access] = Access.ADMIN

    order_id: Id
    note: Note = ""


class ReturnOrder(Command):
    """Records that a delivered order came back; restocks it when that is said."""

    access: ClassVar[Access] = Access.ADMIN

    order_id: Id
    restock: bool = False
    note: Note = ""
