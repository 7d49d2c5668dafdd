"""Categories and brands: small enough to be one document each, which readers keep in memory."""

import msgspec


class Category(msgspec.Struct, gc=False, omit_defaults=True):
    category_id: int
    name: str
    slug: str
    created: int  # position of its first event: the order in which categories were made
    created_at: str
    parent_id: int | None = None
    description: str = ""
    image: str | None = None
    updated_at: str = ""


class Categories(msgspec.Struct, gc=False, omit_defaults=True):
    """Model `categories`; one document, key `all`. A removed category is no longer in it."""

    position: int = 0
    categories: dict[int, Category] = {}


class Brand(msgspec.Struct, gc=False, omit_defaults=True):
    brand_id: int
    name: str
    slug: str
    created: int
    created_at: str
    updated_at: str = ""


class Brands(msgspec.Struct, gc=False, omit_defaults=True):
    """Model `brands`; one document, key `all`."""

    position: int = 0
    brands: dict[int, Brand] = {}
