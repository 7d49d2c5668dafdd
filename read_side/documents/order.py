"""An order and its payment."""

import msgspec

from read_side.documents.person import Address
from read_side.documents.sales import OtherCharge


class Line(msgspec.Struct, gc=False, omit_defaults=True):
    """As it was at checkout: name, price and seller are snapshots. `returned`: units of a past order's
    line that came back."""

    line_id: int
    product_id: int
    sku: str
    name: str
    unit_price: int
    quantity: int
    variant_id: int | None = None
    variant_name: str | None = None
    seller_id: int | None = None
    returned: int = 0

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


class Charges(msgspec.Struct, gc=False):
    subtotal: int = 0
    tax: int = 0
    shipping: int = 0
    discount: int = 0
    total: int = 0
    currency: str = ""


class Change(msgspec.Struct, gc=False, omit_defaults=True):
    """`fact`: placed, paid, in-work, shipped, delivered, returned or cancelled; `status`: what the
    order was after it (a payment that arrives late changes no status)."""

    fact: str
    status: str
    at: str
    note: str = ""
    seller_id: int | None = None


class Tracking(msgspec.Struct, gc=False, omit_defaults=True):
    """Where a seller's part can be followed, as they said last; seller None: the shop's own goods."""

    seller_id: int | None
    updated_at: str
    tracking_number: str = ""
    carrier: str = ""
    carrier_code: str = ""


class Shipment(msgspec.Struct, gc=False, omit_defaults=True):
    """What one seller sent, or (seller None) the whole order. Without a tracking number it is ""."""

    tracking_number: str
    shipped_at: str
    carrier: str = ""
    seller_id: int | None = None
    delivered_at: str | None = None


class Order(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `orders`, by order. `status` is the furthest fact: placed, paid, in-work, shipped,
    delivered, returned or cancelled; surfaces that count differently derive theirs from `history`,
    `paid` and `refunded`. An order of past business has a `source`, its number is that of the source,
    and `placed_at` its business time; its person is 0 for a guest. A hidden order is in no list."""

    order_id: int
    position: int = 0
    created: int = 0
    number: str = ""
    person_id: int = 0
    status: str = ""
    lines: list[Line] = []
    charges: Charges = msgspec.field(default_factory=Charges)
    pricing: str = ""
    shipping_address: Address | None = None
    billing_address: Address | None = None
    history: list[Change] = []
    notes: str = ""
    shipments: list[Shipment] = []
    trackings: list[Tracking] = []
    tracking_number: str | None = None
    shipped_at: str | None = None
    delivered_at: str | None = None
    paid: int = 0
    paid_at: str | None = None
    refunded: int = 0
    cancellation_reason: str = ""
    hidden: bool = False
    source: str = ""
    placed_at: str = ""
    country: str | None = None
    other_charges: list[OtherCharge] = []
    created_at: str = ""
    updated_at: str = ""

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)


class Payment(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `payments`, by order. `pending`: an intent was requested and Stripe has not answered.
    `refunding`: requested of Stripe and not yet answered, by number; `failures`: refunds that
    Stripe refuses for good."""

    order_id: int
    position: int = 0
    person_id: int = 0
    amount: int = 0
    currency: str = ""
    attempt: int = 0
    pending: bool = False
    intent_id: str | None = None
    charge_id: str | None = None
    captured: int = 0
    captured_at: str | None = None
    refunded: int = 0
    refunded_at: str | None = None
    refunding: dict[int, int] = {}
    refund_ids: list[str] = []
    refund_failures: dict[int, str] = {}
    failure: str | None = None
    created_at: str = ""
    updated_at: str = ""

    @property
    def status(self) -> str:
        """requested, ready (an intent can be confirmed), failed, captured or refunded."""
        if self.captured and self.refunded >= self.captured:
            return "refunded"
        if self.captured:
            return "captured"
        if self.pending:
            return "requested"
        return "failed" if self.failure is not None else "ready"
