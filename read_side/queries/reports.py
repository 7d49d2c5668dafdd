"""The figures of the shop: sales by period, best sellers, what comes back, customers. Whom they are for
is the surface's affair."""

from collections import Counter
from typing import Literal

import msgspec

from read_side.documents.product import Product
from read_side.documents.sales import CustomerSales, ProductSales, Return, Sales
from read_side.queries.page import Page, offset_of
from read_side.queries.products import Products
from read_side.redis import Documents

_sales = msgspec.json.Decoder(Sales)
_product = msgspec.json.Decoder(ProductSales)
_customer = msgspec.json.Decoder(CustomerSales)
_return = msgspec.json.Decoder(Return)

_LATELY = 24  # months, each once for every currency

Ranking = Page[tuple[ProductSales, Product | None]]
"""Products with what was sold of them; None: the product's document is parked."""


class Reports:
    def __init__(self, documents: Documents, products: Products) -> None:
        self._documents = documents
        self._products = products

    async def sales(
        self,
        by: Literal["day", "month"],
        first: str | None,
        last: str | None,
        currency: str | None,
        page: int,
        size: int,
    ) -> Page[Sales]:
        """Business days (or months) from `first` to `last`, both included (`2011-03-04`; of a month
        `2011-03` or any of its days), oldest first. Those without a sale or a return are left out."""
        index = by if currency is None else f"{by}:{currency}"
        low = "-inf" if first is None else _score(first, by, "0")
        high = "+inf" if last is None else _score(last, by, "9")
        ask = self._documents.ask
        total = await ask("ZCOUNT", "sales", index, low, high)
        keys = await ask("ZRANGEBYSCORE", "sales", index, low, high, "LIMIT", offset_of(page, size), size)
        return Page(await self._documents.many("sales", [key.decode() for key in keys], _sales), total)

    async def main_currency(self) -> str:
        """The currency with the most orders in the latest months; empty while there is none."""
        keys = await self._documents.ask("ZREVRANGE", "sales", "month", 0, _LATELY - 1)
        orders: Counter[str] = Counter()
        for month in await self._documents.many("sales", [key.decode() for key in keys], _sales):
            orders[month.currency] += month.orders
        return max(sorted(orders), key=orders.__getitem__, default="")

    async def best_sellers_by_units(self, page: int, size: int) -> Ranking:
        return await self._products_of("units", page, size)

    async def best_sellers_by_revenue(self, currency: str, page: int, size: int) -> Ranking:
        return await self._products_of(f"revenue:{currency}", page, size)

    async def most_returned(self, by: Literal["rate", "units"], page: int, size: int) -> Ranking:
        """Products of which something came back; by rate those of which something was sold, too."""
        return await self._products_of("return-rate" if by == "rate" else "returned-units", page, size)

    async def customers_by_orders(self, page: int, size: int) -> Page[CustomerSales]:
        return await self._customers("orders", page, size)

    async def customers_by_revenue(self, currency: str, page: int, size: int) -> Page[CustomerSales]:
        return await self._customers(f"revenue:{currency}", page, size)

    async def return_by_id(self, return_id: int) -> Return | None:
        return await self._documents.one("returns", str(return_id), _return)

    async def returns(self, person_id: int | None, page: int, size: int) -> Page[Return]:
        """Latest recorded first; with `person_id` that customer's."""
        index = "all" if person_id is None else f"person:{person_id}"
        return Page(*await self._documents.page("returns", index, offset_of(page, size), size, _return))

    async def _products_of(self, index: str, page: int, size: int) -> Ranking:
        found, total = await self._documents.page("product-sales", index, offset_of(page, size), size, _product)
        products = await self._products.by_ids([sales.product_id for sales in found])
        return Page([(sales, products.get(sales.product_id)) for sales in found], total)

    async def _customers(self, index: str, page: int, size: int) -> Page[CustomerSales]:
        return Page(*await self._documents.page("customers", index, offset_of(page, size), size, _customer))


def _score(date: str, by: str, rest: str) -> str:
    """A month among days is all its days."""
    return date.replace("-", "").ljust(8, rest)[: 8 if by == "day" else 6]
