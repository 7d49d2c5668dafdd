"""What the questions after reviews, wishlists and low stock are answered with; as in `values.py`."""

import msgspec

from api.queries.values import Money
from read_side.documents.product import Product
from read_side.documents.review import Review
from read_side.queries.wishlists import Wish
from write_side.fields import decimal_text


class ReviewAnswer(msgspec.Struct):
    """`verified`: its author had bought the product; `shown`: it is not hidden, and counts."""

    review_id: int
    product_id: int
    person_id: int
    rating: int
    title: str
    comment: str
    verified: bool
    shown: bool
    created_at: str
    updated_at: str


class ReviewPage(msgspec.Struct):
    items: list[ReviewAnswer]
    total: int
    page: int
    size: int


class WishAnswer(msgspec.Struct):
    """`available` 0: it cannot be bought now, or any more."""

    product_id: int
    name: str
    slug: str
    price: Money
    available: int
    added_at: str


class WishlistAnswer(msgspec.Struct):
    items: list[WishAnswer]
    total: int
    page: int
    size: int


class LowStockAnswer(msgspec.Struct):
    """`available`: of the base and all variants together."""

    product_id: int
    name: str
    slug: str
    sku: str
    seller_id: int | None
    available: int
    threshold: int


class LowStockPage(msgspec.Struct):
    items: list[LowStockAnswer]
    total: int
    page: int
    size: int


def review(found: Review) -> ReviewAnswer:
    # Documents omit what has its default; answers omit nothing.
    return msgspec.convert(found, ReviewAnswer, from_attributes=True)


def wish(found: Wish) -> WishAnswer:
    wished = found.product
    price = decimal_text(wished.selling_price)
    return WishAnswer(wished.product_id, wished.name, wished.slug, price, found.available, found.added_at)


def low_stock(found: Product) -> LowStockAnswer:
    return LowStockAnswer(
        product_id=found.product_id,
        name=found.name,
        slug=found.slug,
        sku=found.sku,
        seller_id=found.seller_id,
        available=found.available,
        threshold=found.low_stock_threshold,
    )
