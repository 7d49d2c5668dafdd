"""`products`: a product with its variants, images and stock, by product. Redis and Elasticsearch
keep the same document; only Redis keeps the lists beside it, so that plain lists work without a
search."""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from projections.model import Entry, Model, Moment, Named, Ranked
from projections.models import product_images as images
from projections.models import product_reviews as reviews
from projections.models import product_stock as stock
from read_side.documents.product import Product, Variant
from write_side.catalog.product.events import (
    ProductChanged,
    ProductCreated,
    ProductDeactivated,
    ProductDeleted,
    ProductReactivated,
    ProductRepriced,
    VariantAdded,
    VariantChanged,
    VariantRemoved,
)
from write_side.catalog.product.state import PRICES
from write_side.messages import Event

_CREATED = (
    "name", "slug", "sku", "description", "selling_price", "list_price", "cost_price", "currency",
    "seller_id", "category_id", "brand_id", "attributes", "weight", "dimensions", "featured",
    "active", "low_stock_threshold", "discount_percent",
)  # fmt: skip
_CHANGED = (
    "name", "description", "category_id", "brand_id", "attributes", "weight", "dimensions",
    "featured", "low_stock_threshold", "sku",
)  # fmt: skip


def _take(target: Any, event: Event, fields: tuple[str, ...]) -> None:
    """A partial change sets what it carries."""
    for name in fields:
        value = getattr(event, name)
        if value is not UNSET:
            setattr(target, name, value)


def created(product: Product, event: ProductCreated, when: Moment) -> None:
    _take(product, event, _CREATED)
    product.tags = list(event.tags)
    product.created = when.position
    product.created_at = product.updated_at = when.at


def changed(product: Product, event: ProductChanged, when: Moment) -> None:
    _take(product, event, _CHANGED)
    if event.tags is not UNSET:
        product.tags = list(event.tags)
    product.updated_at = when.at


def repriced(product: Product, event: ProductRepriced, when: Moment) -> None:
    _take(product, event, PRICES)
    product.updated_at = when.at


def deactivated(product: Product, _event: ProductDeactivated, when: Moment) -> None:
    product.active = False
    product.updated_at = when.at


def reactivated(product: Product, _event: ProductReactivated, when: Moment) -> None:
    product.active = True
    product.updated_at = when.at


def deleted(product: Product, _event: ProductDeleted, when: Moment) -> None:
    product.deleted = True
    product.updated_at = when.at


def variant_added(product: Product, event: VariantAdded, when: Moment) -> None:
    product.variants[event.variant_id] = Variant(
        event.variant_id, event.name, event.sku, when.at, event.price, event.attributes
    )
    product.updated_at = when.at


def variant_changed(product: Product, event: VariantChanged, when: Moment) -> None:
    _take(product.variants[event.variant_id], event, ("name", "price", "attributes"))
    product.updated_at = when.at


def variant_removed(product: Product, event: VariantRemoved, when: Moment) -> None:
    del product.variants[event.variant_id]
    product.updated_at = when.at


def entries(product: Product) -> Iterator[Entry]:
    """`newest` and `category:<id>`: what is sold, in the order of creation. `low` and `low:<seller>`:
    what of it is low on stock, by how many there are. `seller:<id>`: what a seller has, hidden
    products included; `sold-by:<id>`: without them. `slug` and `sku`: the product (and `:variant`) of a name.
    `picture`: whose a stored picture is, by its key."""
    if product.deleted or not product.created:
        return
    key = str(product.product_id)
    yield Named("slug", product.slug, key)
    yield Named("sku", product.sku, key)
    for variant in product.variants.values():
        yield Named("sku", variant.sku, f"{key}:{variant.variant_id}")
    yield from (Named("picture", image.key, key) for image in product.images if image.key is not None)
    if product.seller_id is not None:
        yield Ranked(f"seller:{product.seller_id}", product.created)
    if product.active:
        yield Ranked("newest", product.created)
        if product.seller_id is not None:
            yield Ranked(f"sold-by:{product.seller_id}", product.created)
        if product.category_id is not None:
            yield Ranked(f"category:{product.category_id}", product.created)
        available = product.available
        if available <= product.low_stock_threshold:
            yield Ranked("low", available)
            if product.seller_id is not None:
                yield Ranked(f"low:{product.seller_id}", available)


PRODUCTS = Model(
    name="products",
    version=2,
    document=Product,
    empty=lambda key: Product(product_id=int(key)),
    key=lambda _stream, event, _when: str(event.product_id),
    folds={
        ProductCreated: created,
        ProductChanged: changed,
        ProductRepriced: repriced,
        ProductDeactivated: deactivated,
        ProductReactivated: reactivated,
        ProductDeleted: deleted,
        VariantAdded: variant_added,
        VariantChanged: variant_changed,
        VariantRemoved: variant_removed,
        **images.FOLDS,
        **stock.FOLDS,
        **reviews.FOLDS,
    },
    entries=entries,
)
