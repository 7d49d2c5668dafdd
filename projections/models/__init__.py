"""One module per read model; `redis_models` and `search_models` are what each store keeps."""

from typing import Any

from projections.model import Model, Opener
from projections.models.account import accounts
from projections.models.brand import BRANDS
from projections.models.cart import CARTS
from projections.models.category import CATEGORIES
from projections.models.order import orders
from projections.models.payment import PAYMENTS
from projections.models.product import PRODUCTS


def redis_models(opener: Opener) -> list[Model[Any]]:
    """Everything small and hot."""
    return [CARTS, PRODUCTS, CATEGORIES, BRANDS, orders(opener), PAYMENTS, accounts(opener)]


def search_models() -> list[Model[Any]]:
    """What Elasticsearch searches."""
    return [PRODUCTS]
