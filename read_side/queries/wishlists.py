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
        latest = list(reversed((await self._list(person_id)).products.items()))
        offset = offset_of(page, size)
        return Page(await self._wishes(latest[offset : offset + size]), len(latest))

    async def on_sale(self, person_id: int) -> list[Wish]:
        """Those that can be bought by everybody, the latest addition first; a list has a stated end."""
        latest = reversed((await self._list(person_id)).products.items())
        return [wish for wish in await self._wishes(list(latest)) if wish.product.sold]

    async def holds(self, person_id: int, product_id: int) -> bool:
        """Whether the product is on the person's list."""
        return product_id in (await self._list(person_id)).products

    async def _list(self, person_id: int) -> Wishlist:
        return await self._documents.one("wishlists", str(person_id), _wishlist) or Wishlist(person_id)

    async def _wishes(self, wanted: list[tuple[int, str]]) -> list[Wish]:
        products = await self._products.by_ids(product_id for product_id, _ in wanted)
        return [Wish(products[product_id], at) for product_id, at in wanted if product_id in products]
