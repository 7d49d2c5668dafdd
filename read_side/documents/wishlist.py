"""A person's wishlist. What its products are called and cost is joined when it is read."""

import msgspec


class Wishlist(msgspec.Struct, gc=False, omit_defaults=True):
    """Model `wishlists`, by person. When each product was added, the earliest first."""

    person_id: int
    position: int = 0
    products: dict[int, str] = {}
