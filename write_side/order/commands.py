"""What may be asked of orders."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from write_side.fields import Amount, BusinessTime, Currency, Id, Line, Price, Quantity, Reference, Sku, Source, Text
from write_side.messages import Access, Command

Note = Annotated[Text, Field(max_length=1000)]
Carrier = Annotated[Text, Field(max_length=200)]
AddressText = Annotated[Text, Field(max_length=500)]


Notes = Annotated[Text, Field(max_length=5000)]
MAX_ITEMS = 500  # as many as a cart holds

Side = Annotated[
    Literal["any", "seller"],
    Field(
        description='"seller": as one who sells a line of it, or an administrator; that one bought it does not count'
    ),
]


class OrderItem(BaseModel):
    """What is ordered without a cart. Several of one product count together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: Id
    variant_id: Id | None = None
    quantity: Quantity = 1


class InlineAddress(BaseModel):
    """An address that is in no book; no part of it is needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    full_name: AddressText = ""
    street_address: AddressText = ""
    city: AddressText = ""
    country: AddressText = ""
    zip_code: AddressText = ""
    phone_number: AddressText | None = None
    apartment: AddressText | None = None
    state: AddressText | None = None


class PlaceOrder(Command):
    """Turns the caller's cart, or the items that are named, into an order: every line or none. Stock is reserved,
    a cart that was ordered emptied; names, prices and addresses are kept as they are now."""

    items: list[OrderItem] | None = Field(
        default=None, min_length=1, max_length=MAX_ITEMS, description="instead of the cart, which stays as it is"
    )
    shipping_address_id: Id | None = None
    billing_address_id: Id | None = None
    shipping_address: InlineAddress | None = Field(default=None, description="instead of one of the caller's book")
    notes: Notes = ""
    pricing: Literal["none", "store"] = Field(default="none", description="the pricing policy: tax and shipping")

    @model_validator(mode="after")
    def _one_shipping_address(self) -> Self:
        if self.shipping_address is not None and self.shipping_address_id is not None:
            raise ValueError("give either shipping_address or shipping_address_id")
        return self


class AmendOrder(Command):
    """Changes what is sent of an order that is not in work yet; the rest stays, null takes away. By its buyer, or
    an administrator."""

    order_id: Id
    shipping_address: InlineAddress | None = None
    notes: Notes | None = None


class HideOrder(Command):
    """Takes an order out of everybody's sight, for good. What was sold, its history and the stock stay."""

    access: ClassVar[Access] = Access.ADMIN

    order_id: Id


class StoreTracking(Command):
    """Says where the caller's part of an order can be followed, in place of what they said before. A carrier
    that is not sent stays as it was. The status stays, too."""

    access: ClassVar[Access] = Access.SELLER

    order_id: Id
    tracking_number: Reference
    carrier: Carrier | None = None


class StoreCarrierCode(Command):
    """Gives a carrier's code for the caller's part of an order that has not been shipped, in place of the one
    before; an administrator who sells none of it gives it for every seller."""

    access: ClassVar[Access] = Access.SELLER

    order_id: Id
    carrier_code: Annotated[Line, Field(max_length=50)]
    carrier: Carrier | None = None


class CancelOrder(Command):
    """Cancels an order that has not been shipped. Stock goes back, money that was paid is refunded. By its buyer,
    an administrator, or somebody who sells a line of it and says why."""

    order_id: Id
    reason: Note = ""
    side: Side = "any"


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


class MoveOrder(Command):
    """Moves an order to a status that a surface's table allows next, in that surface's words, for all of its
    sellers. Whatever the move means happens with it: shipping consumes the reservation, cancelling gives stock and
    money back. The table says who may make which move (store: administrators; marketplace: who sells a line every
    one, the buyer two) and whether what is shipped needs a tracking number."""

    order_id: Id
    status: Line = Field(description="the table's word", examples=["shipped"])
    table: Literal["store", "marketplace"] = Field(default="store", description="the status table")
    side: Side = "any"
    tracking_number: Line | None = None
    carrier: Note = ""
    note: Note = ""
    restock: bool = Field(default=False, description="of a return: whether the goods can be sold again")


class RecordCarrierNews(Command):
    """A carrier says what became of a parcel. Each event takes effect once; one that skips steps or comes late
    is fitted in."""

    access: ClassVar[Access] = Access.SERVICE

    order_id: Id
    event_id: Reference = Field(description="the carrier's own, unique for ever")
    news: Literal["shipped", "delivered", "returned"]
    tracking_number: Reference
    carrier: Note = ""
    note: Note = ""


MAX_LINES = 5000


class PastLine(BaseModel):
    """Goods as a past order has them; the SKU must be one of the shop's. Lines of one SKU stay apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: Sku
    quantity: Quantity
    unit_price: Price


class PastCharge(BaseModel):
    """What was charged besides goods; a price below zero was given back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Reference
    name: Text = ""
    quantity: Quantity = 1
    unit_price: Amount


class RecordPastOrder(Command):
    """Records an order of past business as it was: delivered and paid, its goods gone from stock, at its
    business time. The same number of the same source is the same order: a repetition changes nothing and
    answers with the first one's id."""

    access: ClassVar[Access] = Access.ADMIN

    source: Source
    number: Reference
    placed_at: BusinessTime = Field(description="business time: when the order was placed")
    reference: Reference | None = Field(default=None, description="the customer's number in the source")
    person_id: Id | None = Field(default=None, description="or a person of this shop; neither: a guest")
    country: Line | None = None
    currency: Currency
    lines: list[PastLine] = Field(default=[], max_length=MAX_LINES)
    charges: list[PastCharge] = Field(default=[], max_length=MAX_LINES)

    @model_validator(mode="after")
    def _something_of_one_customer(self) -> Self:
        if not self.lines and not self.charges:
            raise ValueError("give lines, charges or both")
        if self.reference is not None and self.person_id is not None:
            raise ValueError("give either reference or person_id")
        return self
