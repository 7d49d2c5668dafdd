"""What the rules need to know of a product."""

from typing import Any

import msgspec
from msgspec import UNSET

from write_side.catalog.product.events import (
    ImageAdded,
    ImageChanged,
    ImageRemoved,
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
from write_side.messages import Event
from write_side.work import Aggregate

CHANGEABLE = (
    "name",
    "sku",
    "description",
    "category_id",
    "brand_id",
    "attributes",
    "weight",
    "dimensions",
    "featured",
    "low_stock_threshold",
    "tags",
)
PRICES = ("selling_price", "list_price", "cost_price", "discount_percent")


class Variant(msgspec.Struct, frozen=True):
    name: str
    sku: str
    price: int | None
    attributes: dict[str, str]


class Image(msgspec.Struct, frozen=True):
    """`key` None: it lies elsewhere."""

    order: int
    primary: bool
    alt_text: str
    key: str | None = None


class Product(msgspec.Struct, frozen=True, kw_only=True):
    product_id: int = 0
    name: str = ""
    slug: str = ""
    sku: str = ""
    selling_price: int = 0
    list_price: int | None = None
    cost_price: int | None = None
    discount_percent: str | None = None
    policy: str = "store"
    seller_id: int | None = None
    category_id: int | None = None
    brand_id: int | None = None
    description: str = ""
    attributes: dict[str, str] = {}
    weight: str | None = None
    dimensions: str | None = None
    featured: bool = False
    low_stock_threshold: int = 0
    active: bool = False
    deleted: bool = False
    tags: tuple[str, ...] = ()
    variants: dict[int, Variant] = {}
    images: dict[int, Image] = {}

    @property
    def exists(self) -> bool:
        return self.product_id != 0 and not self.deleted

    @property
    def sold(self) -> bool:
        return self.active and not self.deleted

    def price_of(self, variant_id: int | None) -> int:
        """What checkout charges: the variant's price when it has one, else the product's."""
        variant = self.variants.get(variant_id or 0)
        if variant is None or variant.price is None:
            return self.selling_price
        return variant.price


def evolve(product: Product, event: Event) -> Product:
    match event:
        case ProductCreated():
            names = Product.__struct_fields__
            known = {f: getattr(event, f) for f in names if hasattr(event, f)}
            return Product(**known)
        case ProductChanged():
            return _replace(product, **_set(event, CHANGEABLE))
        case ProductRepriced():
            return _replace(product, **{f: getattr(event, f) for f in PRICES})
        case ProductDeactivated():
            return _replace(product, active=False)
        case ProductReactivated():
            return _replace(product, active=True)
        case ProductDeleted():
            return _replace(product, deleted=True)
        case VariantAdded():
            variant = Variant(event.name, event.sku, event.price, event.attributes)
            return _replace(product, variants={**product.variants, event.variant_id: variant})
        case VariantChanged():
            before = product.variants.get(event.variant_id)
            if before is None:
                return product
            after = _replace(before, **_set(event, ("name", "price", "attributes")))
            return _replace(product, variants={**product.variants, event.variant_id: after})
        case VariantRemoved():
            rest = {k: v for k, v in product.variants.items() if k != event.variant_id}
            return _replace(product, variants=rest)
        case ImageAdded():
            image = Image(event.order, event.primary, event.alt_text, event.key)
            return _with_image(product, event.image_id, image)
        case ImageChanged():
            shown = product.images.get(event.image_id)
            if shown is None:
                return product
            shown = _replace(shown, **_set(event, ("alt_text", "order", "primary")))
            return _with_image(product, event.image_id, shown)
        case ImageRemoved():
            images = {k: v for k, v in product.images.items() if k != event.image_id}
            return _replace(product, images=images)
        case _:
            return product


def _with_image(product: Product, image_id: int, image: Image) -> Product:
    """A product has one main picture: the newest takes the role over."""
    others = product.images
    if image.primary:
        others = {k: _replace(v, primary=False) if v.primary else v for k, v in others.items()}
    return _replace(product, images={**others, image_id: image})


def _set(event: Event, fields: tuple[str, ...]) -> dict[str, Any]:
    """The fields that a partial change carries."""
    return {f: value for f in fields if (value := getattr(event, f)) is not UNSET}


_replace = msgspec.structs.replace

PRODUCT = Aggregate("product", Product(), evolve)
