"""Product events, in streams `product-<id>`. Changes carry what changed, not the whole record, so
that two people who edit different fields both keep their edit."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from write_side.messages import Event
from write_side.values import CURRENCY, Minor


class ProductCreated(Event, frozen=True):
    """`list_price` is what it cost before a reduction (None: not reduced), `selling_price` what every
    checkout charges. `discount_percent`: the reduction as it was given, decimal text. `policy`: of the surface
    that made it (`policies.PRODUCTS`)."""

    TOPIC: ClassVar[str] = "product.created"

    product_id: int
    name: str
    slug: str
    sku: str
    selling_price: Minor
    low_stock_threshold: int
    list_price: Minor | None = None
    cost_price: Minor | None = None
    currency: str = CURRENCY
    seller_id: int | None = None
    category_id: int | None = None
    brand_id: int | None = None
    description: str = ""
    attributes: dict[str, str] = {}
    weight: str | None = None
    dimensions: str | None = None
    featured: bool = False
    active: bool = True
    discount_percent: str | None = None
    policy: str = "store"
    tags: tuple[str, ...] = ()


class ProductChanged(Event, frozen=True):
    TOPIC: ClassVar[str] = "product.changed"

    product_id: int
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category_id: int | UnsetType | None = UNSET
    brand_id: int | UnsetType | None = UNSET
    attributes: dict[str, str] | UnsetType = UNSET
    weight: str | UnsetType | None = UNSET
    dimensions: str | UnsetType | None = UNSET
    featured: bool | UnsetType = UNSET
    low_stock_threshold: int | UnsetType = UNSET
    sku: str | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET


class ProductRepriced(Event, frozen=True):
    """Every price as it stands after the change."""

    TOPIC: ClassVar[str] = "product.repriced"

    product_id: int
    selling_price: Minor
    list_price: Minor | None
    cost_price: Minor | None
    discount_percent: str | None = None


class ProductDeactivated(Event, frozen=True):
    """Hidden from everybody but its owner; can be brought back."""

    TOPIC: ClassVar[str] = "product.deactivated"

    product_id: int


class ProductReactivated(Event, frozen=True):
    TOPIC: ClassVar[str] = "product.reactivated"

    product_id: int


class ProductDeleted(Event, frozen=True):
    """Final. Past orders keep their lines."""

    TOPIC: ClassVar[str] = "product.deleted"

    product_id: int


class VariantAdded(Event, frozen=True):
    """`price` None: sold at the product's price."""

    TOPIC: ClassVar[str] = "product.variant-added"

    product_id: int
    variant_id: int
    name: str
    sku: str
    price: Minor | None = None
    attributes: dict[str, str] = {}


class VariantChanged(Event, frozen=True):
    TOPIC: ClassVar[str] = "product.variant-changed"

    product_id: int
    variant_id: int
    name: str | UnsetType = UNSET
    price: Minor | UnsetType | None = UNSET
    attributes: dict[str, str] | UnsetType = UNSET


class VariantRemoved(Event, frozen=True):
    TOPIC: ClassVar[str] = "product.variant-removed"

    product_id: int
    variant_id: int


class ImageAdded(Event, frozen=True):
    """`address`: a URL, or a path below the API's own address; what is in our storage has its `key`, too.

    `primary`: it is the main picture from now on, and the one that was becomes one of the gallery.
    """

    TOPIC: ClassVar[str] = "product.image-added"

    product_id: int
    image_id: int
    address: str
    alt_text: str
    primary: bool
    order: int
    key: str | None = None
    thumbnail: bool = False


class ImageChanged(Event, frozen=True):
    """`primary` as in `ImageAdded`; false: it is one of the gallery."""

    TOPIC: ClassVar[str] = "product.image-changed"

    product_id: int
    image_id: int
    alt_text: str | UnsetType = UNSET
    order: int | UnsetType = UNSET
    primary: bool | UnsetType = UNSET


class ImageRemoved(Event, frozen=True):
    """`key`: of the stored object, which nobody refers to any more."""

    TOPIC: ClassVar[str] = "product.image-removed"

    product_id: int
    image_id: int
    key: str | None = None


ProductEvent = (
    ProductCreated
    | ProductChanged
    | ProductRepriced
    | ProductDeactivated
    | ProductReactivated
    | ProductDeleted
    | VariantAdded
    | VariantChanged
    | VariantRemoved
    | ImageAdded
    | ImageChanged
    | ImageRemoved
)
