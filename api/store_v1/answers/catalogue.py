"""Categories, products and what people think of them."""

from msgspec import Struct

from api.store_v1.answers.values import Money, Time, Uuid


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
