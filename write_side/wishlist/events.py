"""The wishlist's events, in streams `wishlist-<person id>`."""

from typing import ClassVar

from write_side.messages import Event


class ProductWished(Event, frozen=True):
    TOPIC: ClassVar[str] = "wishlist.product-added"

    product_id: int


class ProductUnwished(Event, frozen=True):
    TOPIC: ClassVar[str] = "wishlist.product-removed"

    product_id: int


WishlistEvent = ProductWished | ProductUnwished
