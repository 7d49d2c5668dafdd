"""Orders, payments and what webhooks are told."""

from msgspec import Struct

from api.store_v1.answers.values import Money, Time, Uuid


class ListedOrder(Struct):
    """`item_count` counts units."""

    id: Uuid
    order_number: str
    status: str
    total_amount: Money
    item_count: int
    created_at: Time
    updated_at: Time


class OrderPage(Struct):
    count: int
    next: str | None
    previous: str | None
    results: list[ListedOrder]


class OrderAddress(Struct):
    full_name: str
    street_address: str
    city: str
    state: str | None
    country: str
    zip_code: str


class NewOrderItem(Struct):
    id: Uuid
    product_name: str
    product_sku: str
    price: Money
    quantity: int
    subtotal: Money


class NewOrder(Struct):
    id: Uuid
    order_number: str
    status: str
    subtotal: Money
    tax: Money
    shipping_cost: Money
    discount: Money
    total_amount: Money
    items: list[NewOrderItem]
    shipping_address: OrderAddress | None
    billing_address: OrderAddress | None
    created_at: Time


class OrderItem(Struct):
    id: Uuid
    product_name: str
    product_sku: str
    variant_name: str | None
    price: Money
    quantity: int
    subtotal: Money


class StatusChange(Struct):
    status: str
    note: str
    created_at: Time


class Order(Struct):
    id: Uuid
    order_number: str
    status: str
    subtotal: Money
    tax: Money
    shipping_cost: Money
    discount: Money
    total_amount: Money
    items: list[OrderItem]
    shipping_address: OrderAddress | None
    billing_address: OrderAddress | None
    status_history: list[StatusChange]
    tracking_number: str | None
    shipped_at: Time | None
    delivered_at: Time | None
    created_at: Time


class OrderStatus(Struct):
    id: Uuid
    status: str
    created_at: Time


class Cancelled(Struct):
    message: str
    order: OrderStatus


class Intent(Struct):
    client_secret: str
    payment_intent_id: str


class Confirmed(Struct):
    message: str
    order_id: Uuid


class NotCompleted(Struct):
    """`status`: the intent's at Stripe."""

    error: str
    status: str


class WebhookAnswer(Struct):
    status: str
