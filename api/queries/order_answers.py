"""What the questions after carts, orders and payments are answered with; as in `values.py`."""

import msgspec

from api.queries.values import AddressAnswer, GoodsAnswer, Money, OtherChargeAnswer, goods, other_charge, whole
from read_side.documents.order import Line, Order, Payment
from read_side.queries.carts import PricedCart, PricedLine
from write_side.fields import decimal_text


class CartLineAnswer(msgspec.Struct):
    """Price and name are the product's of this moment; `available` 0: it cannot be bought any more. `fits`: so
    many of it could be bought now."""

    line_id: int
    product_id: int
    variant_id: int | None
    name: str
    sku: str
    quantity: int
    unit_price: Money
    total: Money
    available: int
    fits: bool


class CartAnswer(msgspec.Struct):
    person_id: int
    lines: list[CartLineAnswer]
    units: int
    subtotal: Money
    updated_at: str | None


class ChangeAnswer(msgspec.Struct):
    """`fact`: what happened; `status`: what the order was after it."""

    fact: str
    status: str
    at: str
    note: str
    seller_id: int | None


class ShipmentAnswer(msgspec.Struct):
    """What one seller sent, or (`seller_id` null) the whole order."""

    tracking_number: str
    carrier: str
    seller_id: int | None
    shipped_at: str
    delivered_at: str | None


class TrackingAnswer(msgspec.Struct):
    """What a seller said last of their part; `seller_id` null: the shop's own goods."""

    seller_id: int | None
    tracking_number: str
    carrier: str
    carrier_code: str
    updated_at: str


class OrderLineAnswer(GoodsAnswer):
    """As it was at checkout. `returned`: units of a past order's line that came back."""

    seller_id: int | None
    returned: int


class OrderAnswer(msgspec.Struct):
    """`status`: placed, paid, in-work, shipped, delivered, returned or cancelled; `history`: every fact
    with the status it led to. `placed_at` is business time, `created_at` when the order was recorded here: they
    differ for past business, whose orders have a `source`, a history in business time, and for a guest no person."""

    order_id: int
    number: str
    source: str | None
    person_id: int | None
    country: str | None
    placed_at: str
    status: str
    lines: list[OrderLineAnswer]
    subtotal: Money
    tax: Money
    shipping: Money
    discount: Money
    other_charges: list[OtherChargeAnswer]
    total: Money
    currency: str
    paid: Money
    refunded: Money
    shipping_address: AddressAnswer | None
    billing_address: AddressAnswer | None
    notes: str
    shipments: list[ShipmentAnswer]
    trackings: list[TrackingAnswer]
    cancellation_reason: str
    history: list[ChangeAnswer]
    created_at: str
    updated_at: str
    position: int


class OrderPage(msgspec.Struct):
    items: list[OrderAnswer]
    total: int
    page: int
    size: int


class PaymentAnswer(msgspec.Struct):
    """`status`: requested, ready (can be confirmed with Stripe), failed, captured or refunded."""

    order_id: int
    status: str
    amount: Money
    captured: Money
    refunded: Money
    currency: str
    intent_id: str | None
    failure: str | None
    created_at: str
    updated_at: str


def cart(found: PricedCart) -> CartAnswer:
    return CartAnswer(
        person_id=found.person_id,
        lines=[_cart_line(line) for line in found.lines],
        units=found.units,
        subtotal=decimal_text(found.subtotal),
        updated_at=found.updated_at or None,
    )


def order(found: Order) -> OrderAnswer:
    charges = found.charges
    return OrderAnswer(
        order_id=found.order_id,
        number=found.number,
        source=found.source or None,
        person_id=found.person_id or None,
        country=found.country,
        placed_at=found.placed_at or found.created_at,
        status=found.status,
        lines=[_order_line(line) for line in found.lines],
        subtotal=decimal_text(charges.subtotal),
        tax=decimal_text(charges.tax),
        shipping=decimal_text(charges.shipping),
        discount=decimal_text(charges.discount),
        other_charges=[other_charge(charge) for charge in found.other_charges],
        total=decimal_text(charges.total),
        currency=charges.currency,
        paid=decimal_text(found.paid),
        refunded=decimal_text(found.refunded),
        shipping_address=whole(AddressAnswer | None, found.shipping_address),
        billing_address=whole(AddressAnswer | None, found.billing_address),
        notes=found.notes,
        shipments=whole(list[ShipmentAnswer], found.shipments),
        trackings=whole(list[TrackingAnswer], found.trackings),
        cancellation_reason=found.cancellation_reason,
        history=whole(list[ChangeAnswer], found.history),
        created_at=found.created_at,
        updated_at=found.updated_at,
        position=found.position,
    )


def payment(found: Payment) -> PaymentAnswer:
    return PaymentAnswer(
        order_id=found.order_id,
        status=found.status,
        amount=decimal_text(found.amount),
        captured=decimal_text(found.captured),
        refunded=decimal_text(found.refunded),
        currency=found.currency,
        intent_id=found.intent_id,
        failure=found.failure,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )


def _cart_line(found: PricedLine) -> CartLineAnswer:
    line, thing = found.line, found.variant or found.product
    return CartLineAnswer(
        line_id=line.line_id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        name=found.product.name if found.product is not None else "",
        sku=thing.sku if thing is not None else "",
        quantity=line.quantity,
        unit_price=decimal_text(found.unit_price),
        total=decimal_text(found.total),
        available=found.available,
        fits=found.fits,
    )


def _order_line(line: Line) -> OrderLineAnswer:
    return OrderLineAnswer(*goods(line), line.seller_id, line.returned)
