"""A product with its variants, images and stock, as every surface shows it."""

from typing import Literal

import msgspec


class Variant(msgspec.Struct, gc=False, omit_defaults=True):
    """`price` None: sold at the product's. Stock as in `Product`."""

    variant_id: int
    name: str
    sku: str
    created_at: str
    price: int | None = None
    attributes: dict[str, str] = {}
    on_hand: int = 0
    reserved: int = 0
    stock_changed_at: str = ""

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Image(msgspec.Struct, gc=False, omit_defaults=True):
    """`address`: a URL, or a path below the API's own address; what is in our storage has its `key`, too."""

    image_id: int
    address: str
    created_at: str
    alt_text: str = ""
    primary: bool = False
    order: int = 0
    key: str | None = None
    thumbnail: bool = False

    @property
    def image_type(self) -> Literal["main", "gallery", "thumbnail"]:
        """main, thumbnail or gallery."""
        return "main" if self.primary else "thumbnail" if self.thumbnail else "gallery"


class Product(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `products`, by product. `on_hand` and `reserved` are the base's own; what can be sold
    of the product is `available`, base and variants together. Deleted products stay, as carts and
    orders still point to them; `created` is the position of the first event, which orders lists.

    Names of category and brand are joined when it is read (`catalogue.py`), so that a rename is one
    document's change. Ratings are kept as sums, so that the average is exact.
    """

    product_id: int
    position: int = 0
    created: int = 0
    name: str = ""
    slug: str = ""
    sku: str = ""
    description: str = ""
    selling_price: int = 0
    list_price: int | None = None
    cost_price: int | None = None
    discount_percent: str | None = None  # decimal text, as it was given
    currency: str = ""
    seller_id: int | None = None
    category_id: int | None = None
    brand_id: int | None = None
    tags: list[str] = []
    attributes: dict[str, str] = {}
    weight: str | None = None
    dimensions: str | None = None
    featured: bool = False
    active: bool = False
    deleted: bool = False
    low_stock_threshold: int = 0
    on_hand: int = 0
    reserved: int = 0
    variants: dict[int, Variant] = {}
    images: list[Image] = []
    rating_sum: int = 0
    review_count: int = 0
    created_at: str = ""
    updated_at: str = ""
    stock_changed_at: str = ""

    @property
    def full_price(self) -> int:
        """Before a reduction, where there is one."""
        return self.selling_price if self.list_price is None else self.list_price

    @property
    def sold(self) -> bool:
        """Whether everybody may see and buy it."""
        return self.active and not self.deleted

    def visible_to(self, person_id: int | None, *, admin: bool) -> bool:
        """An inactive product is there for its seller and for administrators alone, a deleted one for nobody."""
        return not self.deleted and (self.active or admin or (person_id is not None and person_id == self.seller_id))

    @property
    def rating(self) -> float | None:
        """The average of its reviews, to two places; None without any."""
        return round(self.rating_sum / self.review_count, 2) if self.review_count else None

    @property
    def available(self) -> int:
        """What can be sold: the base and every variant."""
        own = self.on_hand - self.reserved
        return own + sum(variant.available for variant in self.variants.values())

    def price_of(self, variant_id: int | None) -> int:
        """The variant's price when it has one, else the product's."""
        variant = self.variants.get(variant_id) if variant_id is not None else None
        if variant is None or variant.price is None:
            return self.selling_price
        return variant.price

    def available_of(self, variant_id: int | None) -> int:
        """What can be sold of the base (None) or of a variant; 0 for a variant that is gone."""
        if variant_id is None:
            return self.on_hand - self.reserved
        variant = self.variants.get(variant_id)
        return variant.available if variant is not None else 0

    @property
    def main_image(self) -> Image | None:
        """The picture that was made the main one."""
        return next((image for image in self.images if image.primary), None)

    def image(self, image_id: int) -> Image | None:
        return next((image for image in self.images if image.image_id == image_id), None)

    @property
    def primary_image(self) -> Image | None:
        """The picture that stands for the product: the marked one, else the first."""
        ordered = self.images_in_order
        return next((image for image in ordered if image.primary), ordered[0] if ordered else None)

    @property
    def images_in_order(self) -> list[Image]:
        return sorted(self.images, key=lambda image: (image.order, image.image_id))
