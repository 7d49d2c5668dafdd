"""Sellers as everybody sees them."""

import msgspec

from api.marketplace.answers.products import ListProduct, Moment
from api.marketplace.answers.reviews import Review


class Seller(msgspec.Struct):
    """`profile_picture`: its address."""

    id: int
    username: str
    joined_at: Moment
    profile_picture: str | None


class Stats(msgspec.Struct):
    """`total_products`: on sale; `total_sales`: units in orders that are not cancelled; `average_rating` is 0 without
    reviews."""

    total_products: int
    total_sales: int
    average_rating: float
    total_reviews: int


class SellerPage(msgspec.Struct):
    """`products` and `reviews` are the newest."""

    seller: Seller
    stats: Stats
    products: list[ListProduct]
    reviews: list[Review]
