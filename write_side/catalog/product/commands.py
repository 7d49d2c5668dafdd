"""What may be asked of products."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from write_side.fields import Attributes, Id, Level, Line, Price, Sku, Slug, Text
from write_side.messages import Access, Command


def _path(value: object) -> object:
    return [value] if isinstance(value, str) else value


CategoryPath = Annotated[
    list[Line],
    BeforeValidator(_path),
    Field(min_length=1, max_length=10, description="a name, or names from root to leaf"),
]


class NewVariant(BaseModel):
    """A variant as it is given with a new product. Without a price it costs what the product does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    sku: Sku | None = None
    price: Price | None = None
    stock: Level = 0
    attributes: Attributes = {}


class CreateProduct(Command):
    """Makes a product with its stock, its variants and, where missing, its category and brand.

    A seller's product is the seller's own; an administrator may name another seller. Without a slug
    one is made of the name, without a SKU one is made of the id.
    """

    access: ClassVar[Access] = Access.SELLER

    name: Line
    price: Price = Field(description="what it is sold at")
    stock: Level = 0
    slug: Slug | None = None
    sku: Sku | None = None
    description: Text = ""
    category: CategoryPath | None = None
    category_id: Id | None = None
    brand: Line | None = None
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


class UpdateProduct(Command):
    """Changes what is sent; the rest stays. A compare price, a cost price, a weight or dimensions of null are
    taken away."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    name: Line | None = None
    sku: Sku | None = None
    available: Level | None = Field(
        default=None, description="what can be sold of it in all; its base has what its variants have not"
    )
    description: Text | None = None
    category: CategoryPath | None = None
    category_id: Id | None = None
    brand: Line | None = None
    attributes: Attributes | None = None
    price: Price | None = None
    compare_price: Price | None = None
    cost_price: Price | None = None
    weight: Text | None = None
    dimensions: Text | None = None
    featured: bool | None = None
    active: bool | None = None
    low_stock_threshold: Level | None = None


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
