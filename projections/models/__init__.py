"""One module per read model; `redis_models`, `observation_models` and `search_models` are what each store keeps."""

from dataclasses import replace
from typing import Any

from projections.model import Model, Opener
from projections.models.account import accounts
from projections.models.brand import BRANDS
from projections.models.cart import CARTS
from projections.models.category import CATEGORIES
from projections.models.customer import CUSTOMERS
from projections.models.loyalty import LOYALTY
from projections.models.order import orders
from projections.models.payment import PAYMENTS
from projections.models.product import PRODUCTS
from projections.models.product_metrics import PRODUCT_METRICS
from projections.models.product_sales import PRODUCT_SALES
from projections.models.returned import RETURNS
from projections.models.review import REVIEWS
from projections.models.sales import SALES
from projections.models.seller import SELLERS
from projections.models.stock_movement import STOCK_MONTHS, STOCK_MOVEMENTS
from projections.models.visits import CATEGORY_VISITS, PRODUCT_VISITS
from projections.models.wishlist import WISHLISTS
from read_side.documents.search import encode_product


def redis_models(opener: Opener) -> list[Model[Any]]:
    """Everything small and hot, and the figures of the shop."""
    shop: list[Model[Any]] = [CARTS, PRODUCTS, CATEGORIES, BRANDS, orders(opener), PAYMENTS, accounts(opener)]
    words: list[Model[Any]] = [REVIEWS, WISHLISTS, SELLERS, LOYALTY]
    figures: list[Model[Any]] = [SALES, PRODUCT_SALES, PRODUCT_METRICS, CUSTOMERS, RETURNS]
    movements: list[Model[Any]] = [STOCK_MONTHS, STOCK_MOVEMENTS]
    return [*shop, *words, *figures, *movements]


def observation_models() -> list[Model[Any]]:
    """What was looked at, from the log of observations. Redis keeps them, too."""
    return [PRODUCT_VISITS, CATEGORY_VISITS]


def search_models() -> list[Model[Any]]:
    """What Elasticsearch searches, with a version of its own. The lists beside the documents are Redis's."""
    return [replace(PRODUCTS, version=2, encode=encode_product, entries=None)]
