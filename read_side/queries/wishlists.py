"""A person's wishlist with its products as they are now."""

import msgspec

from read_side.documents.product import Product
from read_side.documents.wishlist import Wishlist
from read_side.queries.page import Page, offset_of
from read_side.queries.products import Products
from read_side.redis import Documents

_wishlist = msgspec.json.Decoder(Wishlist)


class Wish(msgspec.Struct, frozen=True):
    product: Product
    added_at: str

    @property
    def available(self) -> int:
        """What is sold no longer stays on the list; none of it can be bought."""
        return self.product.available if self.product.sold else 0


class Wishlists:
    def __init__(self, documents: Documents, products: Products) -> None:
        self._documents = documents
        self._products = products

    async def of(self, person_id: int, page: int, size: int) -> Page[Wish]:
        """The latest addition first."""
        wishlist = await self._documents.one("wishlists", str(person_id), _wishlist) or Wishlist(person_id)
        latest = list(reversed(wishlist.products.items()))
        offset = offset_of(page, size)
        wanted = latest[offset : offset + size]
        products = await self._products.by_ids(product_id for product_id, _ in wanted)
        found = [Wish(products[product_id], at) for product_id, at in wanted if product_id in products]
        return Page(found, len(latest))
