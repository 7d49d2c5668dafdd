"""One module per read model; `redis_models` and `search_models` are what each store keeps."""

from dataclasses import replace
from typing import Any

from projections.model import Model, Opener
from projections.models.account import accounts
from projections.models.brand import BRANDS
from projections.models.cart import CARTS
from projections.models.category import CATEGORIES
from projections.models.order import orders
from projections.models.payment import PAYMENTS
from projections.models.product import PRODUCTS
from read_side.documents.search import encode_product


def redis_models(opener: Opener) -> list[Model[Any]]:
    """Everything small and hot."""
    return [CARTS, PRODUCTS, CATEGORIES, BRANDS, orders(opener), PAYMENTS, accounts(opener)]


def search_models() -> list[Model[Any]]:
    """What Elasticsearch searches. The lists beside the documents are Redis's."""
    return [replace(PRODUCTS, encode=encode_product, entries=None)]
