"""Products."""

from typing import Annotated

from msgspec import Meta, Struct

Money = Annotated[str, Meta(pattern=r"^\d+\.\d{2}$", examples=["19.99"])]


class Category(Struct):
    """`parent`: the category that it is in, up to the root."""

    name: str
    parent: "Category | None"


class Product(Struct):
    """`manufacturer`: the seller's id, null where the shop itself sells."""

    id: int
    manufacturer: int | None
    name: str
    description: str
    price: Money
    discount_percent: float | None
    discount_price: Money | None
    category: Category | None
    is_active: bool
