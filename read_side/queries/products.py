"""Products by id, slug or SKU, and the plain lists of them, from Redis: they work without a
search."""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from read_side.documents.product import Product
from read_side.errors import UnknownCursor
from read_side.queries.page import Page, Stretch, offset_of
from read_side.redis import Documents

_product = msgspec.json.Decoder(Product)
_STRIDE = 1000  # products per round trip when all are read: others are served in between
_SLUGS = 50_000  # remembered


class Products:
    """Inactive products are found, too: who may see them is the surface's affair (`Product.sold`).
    Deleted ones are found by id alone, for carts and orders that still name them."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._slugs: OrderedDict[str, str] = OrderedDict()

    async def by_id(self, product_id: int) -> Product | None:
        return await self._documents.one("products", str(product_id), _product)

    async def by_ids(self, product_ids: Iterable[int]) -> dict[int, Product]:
        found = await self._documents.many("products", [str(i) for i in product_ids], _product)
        return {product.product_id: product for product in found}

    async def by_slug(self, slug: str) -> Product | None:
        # A product keeps its slug for life, so a remembered one needs no look into the table; that
        # it was deleted and the slug given to another product shows in the document.
        key = self._slugs.get(slug)
        if key is not None:
            product = await self._documents.one("products", key, _product)
            if product is not None and product.slug == slug and not product.deleted:
                return product
        key = await self._documents.target("products", "slug", slug)
        if key is None:
            return None
        self._slugs[slug] = key
        if len(self._slugs) > _SLUGS:
            self._slugs.popitem(last=False)
        return await self._documents.one("products", key, _product)

    async def by_sku(self, sku: str) -> tuple[Product, int | None] | None:
        """The product, and which of its variants has the SKU (None: the base)."""
        target = await self._documents.target("products", "sku", sku)
        if target is None:
            return None
        key, _, variant = target.partition(":")
        product = await self._documents.one("products", key, _product)
        return (product, int(variant) if variant else None) if product is not None else None

    async def has_picture(self, key: str) -> bool:
        """Whether a product has the stored picture of this key."""
        return await self._documents.target("products", "picture", key) is not None

    async def newest(self, page: int, size: int, *, newest_first: bool = True) -> Page[Product]:
        """Everything on sale."""
        return await self._list("newest", page, size, newest_first)

    async def in_category(self, category_id: int, page: int, size: int, *, newest_first: bool = True) -> Page[Product]:
        """On sale in the category itself."""
        return await self._list(f"category:{category_id}", page, size, newest_first)

    async def sold_by(self, seller_id: int, page: int, size: int) -> Page[Product]:
        """What a seller has on sale, newest first."""
        return await self._list(f"sold-by:{seller_id}", page, size)

    async def of_seller(self, seller_id: int, page: int, size: int) -> Page[Product]:
        """All of a seller's products, inactive ones included, newest first."""
        return await self._list(f"seller:{seller_id}", page, size)

    async def low_on_stock(self, page: int, size: int, seller_id: int | None = None) -> Page[Product]:
        """On sale and at or below their thresholds, the fewest first: all, or one seller's."""
        index = "low" if seller_id is None else f"low:{seller_id}"
        offset = offset_of(page, size)
        return Page(*await self._documents.page("products", index, offset, size, _product, newest_first=False))

    async def walk_newest(self, cursor: str | None, size: int) -> Stretch[Product]:
        """Everything on sale, newest first, by cursors that are not shifted by what is new.

        A cursor is `<` or `>` and the position of the product it stands at. Raises UnknownCursor.
        """
        back, limit = _read_cursor(cursor)
        ask = self._documents.ask
        if back:
            words = ("ZRANGEBYSCORE", "products", "newest", f"({limit}", "+inf")
        else:
            words = ("ZREVRANGEBYSCORE", "products", "newest", f"({limit}", "-inf")
        # One more than is shown tells whether there is more.
        keys = [key.decode() for key in await ask(*words, "LIMIT", 0, size + 1)]
        more = len(keys) > size
        keys = keys[:size]
        if back:
            keys.reverse()
        products = await self._documents.many("products", keys, _product)
        if not products:
            return Stretch([])
        at_start = not more if back else cursor is None
        at_end = False if back else not more
        return Stretch(
            products,
            None if at_start else f"<{products[0].created}",
            None if at_end else f">{products[-1].created}",
        )

    async def everything(self, ceiling: int) -> list[Product]:
        """All that is on sale, newest first; of more than `ceiling` the newest."""
        found: list[Product] = []
        cursor: str | None = None
        while len(found) < ceiling:
            stretch = await self.walk_newest(cursor, min(_STRIDE, ceiling - len(found)))
            found += stretch.items
            cursor = stretch.after
            if cursor is None:
                break
        return found

    async def _list(self, index: str, page: int, size: int, newest_first: bool = True) -> Page[Product]:
        offset = offset_of(page, size)
        return Page(*await self._documents.page("products", index, offset, size, _product, newest_first=newest_first))


def _read_cursor(cursor: str | None) -> tuple[bool, str]:
    if cursor is None:
        return False, "+inf"
    number = cursor[1:]
    if cursor[:1] not in ("<", ">") or not (number.isascii() and number.isdigit()):
        raise UnknownCursor(cursor)
    return cursor[0] == "<", number
