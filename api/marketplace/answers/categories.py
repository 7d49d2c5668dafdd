"""Categories with what is below them."""

import msgspec


class Category(msgspec.Struct):
    """`product_count`: products on sale in the category itself."""

    id: int
    name: str
    slug: str
    description: str
    subcategories: list["Category"]
    product_count: int
