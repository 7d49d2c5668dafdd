"""What may be asked of products."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from write_side.catalog.product.image_commands import NewImage
from write_side.catalog.product.pricing import Offer
from write_side.fields import Attributes, Id, Level, Line, Price, Sku, Slug, Tags, Text
from write_side.messages import Access, Command

MAX_DEPTH = 50
"""Names in a category's path: each costs the bus a question."""


def _path(value: object) -> object:
    return [value] if isinstance(value, str) else value


CategoryPath = Annotated[
    list[Line],
    BeforeValidator(_path),
    Field(min_length=1, max_length=MAX_DEPTH, description="a name, or names from root to leaf"),
]
Policy = Annotated[Literal["store", "marketplace", "martaff"], Field(description="the product policy")]


CategoryReference = Annotated[Line, Field(max_length=200, description="id or slug of a category that exists")]


class NewVariant(BaseModel):
    """A variant as it is given with its product. Without a price it costs what the product does, without a name
    it is called by its attributes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attributes: Attributes = {}
    name: Line | None = Field(default=None, validate_default=True)
    sku: Sku | None = None
    price: Price | None = None
    stock: Level = 0

    @field_validator("name")
    @classmethod
    def _called(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is None and info.data.get("attributes") == {}:
            raise PydanticCustomError("missing", "Field required")
        return name


class CategoryPart(BaseModel):
    """Another name for the product's place, or the same name at another place. The category is made where it is
    missing; nothing is renamed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line | None = None
    parent: CategoryPath | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.name is None and self.parent is None:
            raise ValueError("give a name or a parent")
        if len(self.parent or []) >= MAX_DEPTH:
            raise ValueError(f"must have at most {MAX_DEPTH} levels")
        return self


class CreateProduct(Command):
    """Makes a product with its stock, its variants and, where missing, its category and brand.

    Whoever makes it is its seller; an administrator may name another one. Without a slug one is made of
    the name, without a SKU one is made of the id.
    """

    access: ClassVar[Access] = Access.SELLER

    name: Line
    offer: Offer | None = Field(default=None, description="instead of price and compare_price")
    price: Price | None = Field(default=None, validate_default=True, description="what it is sold at")
    stock: Level | None = Field(default=None, description="of its base")
    slug: Slug | None = None
    sku: Sku | None = None
    description: Text = ""
    category: CategoryPath | None = None
    category_id: Id | None = None
    category_reference: CategoryReference | None = None
    brand: Line | None = None
    tags: Tags = []
    attributes: Attributes = {}
    compare_price: Price | None = Field(default=None, description="what it cost before")
    cost_price: Price | None = None
    weight: Text | None = None
    dimensions: Text | None = None
    featured: bool = False
    active: bool = True
    seller_id: Id | None = None
    low_stock_threshold: Level = 10
    variants: list[NewVariant] = Field(default=[], max_length=200)
    image: Text | None = Field(default=None, description="address of the main picture")
    images: list[NewImage] = Field(default=[], max_length=100, description="uploaded pictures")
    policy: Policy = "store"

    @field_validator("price")
    @classmethod
    def _priced(cls, price: int | None, info: ValidationInfo) -> int | None:
        if "offer" not in info.data:
            return price  # it does not fit, and says so itself
        offer = info.data["offer"]
        if price is None and (offer is None or offer.price is None):
            raise PydanticCustomError("missing", "Field required")
        if price is not None and offer is not None:
            raise PydanticCustomError("twice", "give either a price or an offer")
        return price


class UpdateProduct(Command):
    """Changes what is sent; the rest stays. A compare price, a cost price, a brand, a weight or dimensions of null
    are taken away.

    Variants are known by their attributes, those without by their names: a known one keeps its SKU and gets the
    stock, and name and price where they are given. With `replace` those that are not among them go.
    """

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    name: Line | None = None
    sku: Sku | None = None
    available: Level | None = Field(
        default=None, description="what can be sold of it in all; its base has what its variants have not"
    )
    stock: Level | None = Field(default=None, description="what its base has")
    variants: list[NewVariant] | None = Field(default=None, max_length=200)
    variants_mode: Literal["merge", "replace"] = "merge"
    description: Text | None = None
    category: CategoryPath | None = None
    category_part: CategoryPart | None = None
    category_id: Id | None = None
    category_reference: CategoryReference | None = None
    brand: Line | None = None
    tags: Tags | None = None
    attributes: Attributes | None = None
    offer: Offer | None = Field(default=None, description="instead of price and compare_price")
    price: Price | None = None
    compare_price: Price | None = None
    cost_price: Price | None = None
    weight: Text | None = None
    dimensions: Text | None = None
    featured: bool | None = None
    active: bool | None = None
    low_stock_threshold: Level | None = None
    images: list[NewImage] | None = Field(
        default=None, max_length=100, description="uploaded pictures, in the place of all that it has"
    )
    more_images: list[NewImage] = Field(default=[], max_length=100, description="uploaded pictures, beside the others")
    policy: Policy = "store"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.offer is not None and self.model_fields_set & {"price", "compare_price"}:
            raise ValueError("give either an offer or prices")
        if self.available is not None and (self.stock is not None or self.variants is not None):
            raise ValueError("give either what is available in all or what each part has")
        return self


class DeleteProduct(Command):
    """Removes a product for good. Past orders keep their lines, its SKU and slug become free."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id


class AddVariant(Command):
    """Adds a variant with a stock of its own."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    name: Line
    sku: Sku | None = None
    price: Price | None = None
    stock: Level = 0
    attributes: Attributes = {}


class UpdateVariant(Command):
    """Changes what is sent; the rest stays."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    variant_id: Id
    name: Line | None = None
    price: Price | None = None
    attributes: Attributes | None = None


class RemoveVariant(Command):
    """Takes a variant out of sale for good; its SKU becomes free."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    variant_id: Id
