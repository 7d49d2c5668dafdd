"""Orders as the contract has them."""

from typing import Literal

import msgspec

from api.marketplace.answers.products import Moment, Money, Named, Person

Status = Literal["pending", "awaiting_shipment", "shipped", "delivered", "cancelled"]


class OrderItem(msgspec.Struct):
    """As it was when it was ordered; the slug is the product's of this moment. `seller` null: the shop itself."""

    id: int
    product: Named
    seller: Person | None
    quantity: int
    unit_price: Money
    total_price: Money


class Shipping(msgspec.Struct):
    """What a seller said last of their part."""

    seller: Person | None
    tracking_number: str
    shipping_carrier: str
    carrier_code: str
    updated_at: Moment


class Order(msgspec.Struct):
    """`buyer` null: a guest of past business. `shipping_address` without any part: none was given."""

    id: int
    status: Status
    buyer: Person | None
    items: list[OrderItem]
    subtotal: Money
    shipping_cost: Money
    tax_amount: Money
    total_amount: Money
    shipping_address: dict[str, str]
    shipping: list[Shipping]
    notes: str
    cancellation_reason: str
    created_at: Moment
    updated_at: Moment


class UpdatedStatus(msgspec.Struct):
    message: str
    status: Status
    order: Order


class ProcessedOrder(msgspec.Struct):
    message: str
    order: Order


class ChangedStatus(msgspec.Struct):
    order_id: int
    previous_status: Status
    new_status: Status
    order: Order


class OrderName(msgspec.Struct):
    id: int
    status: Status


class StoredShipping(msgspec.Struct):
    tracking_number: str
    shipping_carrier: str
    carrier_code: str


class StoredTracking(msgspec.Struct):
    message: str
    order: OrderName
    shipping: StoredShipping


class StoredCode(msgspec.Struct):
    carrier_code: str
    shipping_carrier: str


class StoredCarrierCode(msgspec.Struct):
    message: str
    order: OrderName
    shipping: StoredCode


class TrackingInfo(msgspec.Struct):
    order_id: int
    tracking: list[Shipping]
