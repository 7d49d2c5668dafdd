"""What is answered, field by field in the contract's order. The OpenAPI document's schemas are made of
these types, so that it says what is sent."""

from typing import Annotated

from msgspec import Meta, Struct

Uuid = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Money = Annotated[str, Meta(pattern=r"^-?\d+\.\d{2}$", examples=["19.99"])]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class Message(Struct):
    message: str


class NewUser(Struct):
    id: Uuid
    email: str
    first_name: str
    last_name: str


class Registered(Struct):
    message: str
    user: NewUser


class TokenPair(Struct):
    refresh: str
    access: str


class User(Struct):
    id: Uuid
    email: str
    first_name: str
    last_name: str
    is_verified: bool


class LoggedIn(Struct):
    message: str
    tokens: TokenPair
    user: User
    expires_in: int


class Access(Struct):
    access: str


class Profile(Struct):
    id: Uuid
    email: str
    first_name: str
    last_name: str
    phone_number: str | None
    is_verified: bool
    created_at: Time


class Address(Struct):
    id: Uuid
    address_type: str
    full_name: str
    phone_number: str | None
    street_address: str
    apartment: str | None
    city: str
    state: str | None
    country: str
    zip_code: str
    is_default: bool
    created_at: Time


class AddressPage(Struct):
    count: int
    next: str | None
    previous: str | None
    results: list[Address]


class Category(Struct):
    id: Uuid
    name: str
    slug: str
    description: str
    image: str | None
    children: list["Category"]


class Categories(Struct):
    results: list[Category]


class CategoryName(Struct):
    id: Uuid
    name: str


class ListImage(Struct):
    id: Uuid
    image: str
    alt_text: str
    is_primary: bool


class ListedProduct(Struct):
    id: Uuid
    name: str
    slug: str
    price: Money
    compare_price: Money | None
    quantity: int
    is_in_stock: bool
    is_featured: bool
    discount_percentage: int
    category: CategoryName | None
    images: list[ListImage]
    average_rating: float
    review_count: int


class ProductPage(Struct):
    count: int
    next: str | None
    previous: str | None
    results: list[ListedProduct]


class Image(Struct):
    id: Uuid
    image: str
    alt_text: str
    is_primary: bool
    order: int


class Variant(Struct):
    """`price`: what it costs, its own or the product's."""

    id: Uuid
    name: str
    sku: str
    price: Money
    quantity: int
    attributes: dict[str, str]


class Review(Struct):
    id: Uuid
    user: str
    rating: int
    title: str
    comment: str
    is_verified_purchase: bool
    created_at: Time


class ApprovedReview(Struct):
    """`user`: the e-mail address, in the answer to its author; elsewhere a name that tells nothing."""

    id: Uuid
    user: str
    rating: int
    title: str
    comment: str
    is_verified_purchase: bool
    is_approved: bool
    created_at: Time


class ReviewPage(Struct):
    count: int
    next: str | None
    previous: str | None
    results: list[ApprovedReview]


class Wished(Struct):
    message: str
    in_wishlist: bool


class WishedProduct(Struct):
    id: Uuid
    name: str
    slug: str
    price: Money
    quantity: int
    is_in_stock: bool


class Wish(Struct):
    product: WishedProduct
    added_at: Time


class WishPage(Struct):
    count: int
    next: str | None
    previous: str | None
    results: list[Wish]


class LowStock(Struct):
    """`quantity`: of the product and its variants together."""

    id: Uuid
    name: str
    slug: str
    sku: str
    quantity: int
    threshold: int


class LowStockPage(Struct):
    count: int
    next: str | None
    previous: str | None
    results: list[LowStock]


class Product(Struct):
    """`cost_price` is for staff, null for others; `reviews`: the latest hundred, the others are a page
    of `/reviews/`."""

    id: Uuid
    name: str
    slug: str
    description: str
    price: Money
    compare_price: Money | None
    cost_price: Money | None
    sku: str
    quantity: int
    is_in_stock: bool
    is_featured: bool
    weight: str | None
    dimensions: str | None
    discount_percentage: int
    category: CategoryName | None
    images: list[Image]
    variants: list[Variant]
    reviews: list[Review]
    average_rating: float
    review_count: int
    created_at: Time


class CartProduct(Struct):
    id: Uuid
    name: str
    slug: str


class CartVariant(Struct):
    id: Uuid
    name: str
    sku: str


class CartItem(Struct):
    id: Uuid
    product: CartProduct
    variant: CartVariant | None
    quantity: int
    price: Money
    total_price: Money


class Cart(Struct):
    """`total_items` counts units."""

    id: Uuid
    items: list[CartItem]
    total_items: int
    subtotal: Money
    created_at: Time
    updated_at: Time


class ItemProduct(Struct):
    id: Uuid
    name: str


class ItemVariant(Struct):
    id: Uuid
    name: str


class ChangedItem(Struct):
    """A line after a write."""

    id: Uuid
    product: ItemProduct
    variant: ItemVariant | None
    quantity: int
    price: Money
    total_price: Money


class MoreOfItem(Struct):
    message: str
    quantity: int
    total_price: Money


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
