"""What the rules need to know of a wishlist."""

import msgspec

from write_side.messages import Event
from write_side.wishlist.events import ProductUnwished, ProductWished
from write_side.work import Aggregate


class Wishlist(msgspec.Struct, frozen=True):
    products: frozenset[int] = frozenset()


def evolve(wishlist: Wishlist, event: Event) -> Wishlist:
    match event:
        case ProductWished():
            return Wishlist(wishlist.products | {event.product_id})
        case ProductUnwished():
            return Wishlist(wishlist.products - {event.product_id})
        case _:
            return wishlist


WISHLIST = Aggregate("wishlist", Wishlist(), evolve)
