"""How products are doing: what was looked at, and what people did with it. Whom that is for is the surface's affair.

The two come from logs of their own and may be a moment apart; a product that nobody looked at or bought has zeros.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

import msgspec

from read_side.documents.metrics import CategoryVisits, ProductMetrics, ProductVisits
from read_side.documents.order import Order
from read_side.documents.product import Product
from read_side.queries.orders import Orders, Viewer
from read_side.queries.page import Page, offset_of
from read_side.queries.products import Products
from read_side.redis import Documents

_visits = msgspec.json.Decoder(ProductVisits)
_metrics = msgspec.json.Decoder(ProductMetrics)
_category = msgspec.json.Decoder(CategoryVisits)

_AT_ONCE = 1000  # products whose documents are summed between two looks at other requests


class Figures(msgspec.Struct, frozen=True):
    """One product's. `revenue`: in its own currency, minor units; `visits` and `done` have the rest."""

    product: Product
    visits: ProductVisits
    done: ProductMetrics

    @property
    def revenue(self) -> int:
        return self.done.revenue.get(self.product.currency, 0)

    @property
    def updated_at(self) -> str:
        """When the last of them changed; a product without any is as old as it is."""
        return max(self.product.created_at, self.visits.updated_at, self.done.updated_at)


class Totals(msgspec.Struct, frozen=True):
    """Over all products of a seller, hidden ones included. `revenue`: minor units by currency; `total_orders`: with a
    line of theirs, whatever became of them."""

    views: int
    clicks: int
    favorites: int
    cart_additions: int
    sales: int
    revenue: dict[str, int]
    total_products: int
    active_products: int
    total_orders: int


class Metrics:
    """`observed` reads the models of the observations, `documents` all others."""

    def __init__(self, documents: Documents, observed: Documents, products: Products, orders: Orders) -> None:
        self._documents = documents
        self._observed = observed
        self._products = products
        self._orders = orders

    async def of(self, products: Sequence[Product]) -> list[Figures]:
        """Of each of these products."""
        keys = [str(product.product_id) for product in products]
        visits, done = await self._of(keys)
        return [Figures(*each) for each in zip(products, visits, done, strict=True)]

    async def seen_by(self, viewer: Viewer, product: Product | None) -> Figures | None:
        """What the viewer may see: administrators any product's, sellers their own."""
        if product is None or product.deleted or not (viewer.admin or product.seller_id == viewer.person_id):
            return None
        [found] = await self.of([product])
        return found

    async def of_seller(self, seller_id: int, page: int, size: int) -> Page[Figures]:
        """Of all of a seller's products, inactive ones included, newest first."""
        found = await self._products.of_seller(seller_id, page, size)
        return Page(await self.of(found.items), found.total)

    async def totals(self, seller_id: int) -> Totals:
        ask = self._documents.ask
        keys, active, orders = await asyncio.gather(
            ask("ZRANGE", "products", f"seller:{seller_id}", 0, -1),
            ask("ZCARD", "products", f"sold-by:{seller_id}"),
            ask("ZCARD", "orders", f"seller:{seller_id}"),
        )
        sums: Counter[str] = Counter()
        revenue: Counter[str] = Counter()
        for start in range(0, len(keys), _AT_ONCE):
            visits, done = await self._of([key.decode() for key in keys[start : start + _AT_ONCE]])
            for one in visits:
                sums["views"] += one.views
                sums["clicks"] += one.clicks
            for product in done:
                sums["favorites"] += product.favorites
                sums["cart_additions"] += product.cart_additions
                sums["sales"] += product.sales
                revenue.update(product.revenue)
        return Totals(
            views=sums["views"],
            clicks=sums["clicks"],
            favorites=sums["favorites"],
            cart_additions=sums["cart_additions"],
            sales=sums["sales"],
            revenue=dict(sorted(revenue.items())),
            total_products=len(keys),
            active_products=active,
            total_orders=orders,
        )

    async def orders_with(self, viewer: Viewer, figures: Figures, most: int) -> list[Order]:
        """The latest orders with a product, newest first: what the viewer may see of them."""
        found = await self._orders.by_ids(viewer, reversed(figures.done.recent_orders))
        return found[:most]

    async def categories(self, page: int, size: int) -> Page[CategoryVisits]:
        """What was visited, most often first."""
        offset = offset_of(page, size)
        return Page(*await self._observed.page("category-visits", "visits", offset, size, _category))

    async def built(self) -> None:
        """Raises Unavailable while the models of observations are not there."""
        await self._observed.get("product-visits", ("0",))

    async def _of(self, keys: list[str]) -> tuple[list[ProductVisits], list[ProductMetrics]]:
        visits, done = await asyncio.gather(
            self._observed.get("product-visits", keys), self._documents.get("product-metrics", keys)
        )
        return (
            [
                _visits.decode(found) if found is not None else ProductVisits(product_id=int(key))
                for key, found in zip(keys, visits, strict=True)
            ],
            [
                _metrics.decode(found) if found is not None else ProductMetrics(product_id=int(key))
                for key, found in zip(keys, done, strict=True)
            ],
        )
