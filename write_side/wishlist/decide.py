"""The rules of wishlists."""

from write_side.catalog.product.decide import NoSuchProduct
from write_side.catalog.product.state import Product
from write_side.messages import Event
from write_side.refusals import Conflict
from write_side.wishlist.events import ProductUnwished, ProductWished
from write_side.wishlist.state import Wishlist

MAX_PRODUCTS = 1000


class WishlistFull(Conflict):
    type = "wishlist-full"
    title = f"A wishlist holds at most {MAX_PRODUCTS} products"


def add(wishlist: Wishlist, product: Product) -> list[Event]:
    """What is sold no longer can stay on a list, and not come on it."""
    if product.product_id in wishlist.products:
        return []
    if not product.sold:
        raise NoSuchProduct
    if len(wishlist.products) >= MAX_PRODUCTS:
        raise WishlistFull
    return [ProductWished(product_id=product.product_id)]


def remove(wishlist: Wishlist, product_id: int) -> list[Event]:
    return [ProductUnwished(product_id=product_id)] if product_id in wishlist.products else []
