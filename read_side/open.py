"""All queries of a process over one connection each: what the API holds."""

from dataclasses import dataclass

from elasticsearch import AsyncElasticsearch

from read_side.documents.layout import Layout
from read_side.documents.search import SearchLayout
from read_side.elasticsearch import connect
from read_side.positions import Positions
from read_side.queries.accounts import Accounts
from read_side.queries.carts import Carts
from read_side.queries.catalogue import Catalogue
from read_side.queries.metrics import Metrics
from read_side.queries.movements import StockHistories
from read_side.queries.orders import Orders
from read_side.queries.products import Products
from read_side.queries.reports import Reports
from read_side.queries.reviews import Reviews
from read_side.queries.search import Search
from read_side.queries.sellers import Sellers
from read_side.queries.stock import Stock
from read_side.queries.wishlists import Wishlists
from read_side.redis import Documents


@dataclass(frozen=True, slots=True)
class ReadSide:
    """For one event loop. `open` never fails for a store that is away: queries then raise
    Unavailable, and work again when it is back."""

    documents: Documents
    observed: Documents
    positions: Positions
    catalogue: Catalogue
    products: Products
    carts: Carts
    orders: Orders
    accounts: Accounts
    stock: Stock
    movements: StockHistories
    reports: Reports
    metrics: Metrics
    reviews: Reviews
    sellers: Sellers
    wishlists: Wishlists
    search: Search
    elasticsearch: AsyncElasticsearch

    @classmethod
    async def open(
        cls,
        redis_url: str,
        elasticsearch_url: str,
        layout: Layout | None = None,
        search_layout: SearchLayout | None = None,
    ) -> "ReadSide":
        documents = Documents(redis_url, layout)
        observed = Documents(redis_url, (layout or Layout()).observed())
        positions = Positions(redis_url, layout)
        products, orders = Products(documents), Orders(documents)
        catalogue = Catalogue(documents, positions)
        accounts, reviews = Accounts(documents), Reviews(documents)
        elasticsearch = connect(elasticsearch_url)
        reads = cls(
            documents=documents,
            observed=observed,
            positions=positions,
            catalogue=catalogue,
            products=products,
            carts=Carts(documents, products),
            orders=orders,
            accounts=accounts,
            stock=Stock(products),
            movements=StockHistories(documents, products),
            reports=Reports(documents, products),
            metrics=Metrics(documents, observed, products, orders),
            reviews=reviews,
            sellers=Sellers(documents, accounts, products, reviews),
            wishlists=Wishlists(documents, products),
            search=Search(elasticsearch, catalogue, positions, search_layout),
            elasticsearch=elasticsearch,
        )
        await positions.start()
        return reads

    async def close(self) -> None:
        await self.positions.stop()
        await self.documents.close()
        await self.observed.close()
        await self.elasticsearch.close()
