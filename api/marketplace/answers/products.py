"""Products as lists and lines show them. Ids are integers, money is decimal text."""

from typing import Annotated

import msgspec

from api.marketplace.answers.images import Image

Money = Annotated[str, msgspec.Meta(pattern=r"^-?\d+\.\d{2}$", examples=["19.99"])]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class Named(msgspec.Struct):
    """A category, or a product in a few words."""

    id: int
    name: str
    slug: str


class Person(msgspec.Struct):
    id: int
    username: str


class PrimaryImage(msgspec.Struct):
    """`image_key`: none for one that is not in our storage."""

    id: int
    image_key: str | None
    url: str


class ListProduct(msgspec.Struct):
    """`price`: what it sells for; `stock_quantity`: what can be bought, of its base and its variants."""

    id: int
    name: str
    slug: str
    price: Money
    stock_quantity: int
    is_active: bool
    is_featured: bool
    brand: str
    tags: list[str]
    category: Named | None
    seller: Person | None
    primary_image: PrimaryImage | None
    average_rating: float
    review_count: int
    created_at: Moment


class Product(ListProduct):
    """`is_favorited`: by the caller."""

    description: str
    sku: str
    images: list[Image]
    is_favorited: bool
    updated_at: Moment


class Favorite(msgspec.Struct):
    """A product that the caller marked, and when."""

    id: int
    product: ListProduct
    created_at: Moment


class Favorited(msgspec.Struct):
    """Whether the product is one of the caller's favourites now."""

    favorited: bool


class Clicked(msgspec.Struct):
    clicked: bool
