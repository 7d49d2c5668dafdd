"""Given what people did with products, when it is folded, then the products' metrics say so; and how they are read."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from memory_session import Projection
from shop_past import Happened, at, open_sealed, rows
from shop_world import World
from test_sales_folds import back, came_back, line, past_order, placed

from projections.main import opened
from projections.models import redis_models
from projections.models.product_metrics import PRODUCT_METRICS
from projections.rebuild import build
from read_side.documents.metrics import ProductMetrics
from read_side.errors import Unavailable
from read_side.open import ReadSide
from read_side.queries.orders import Viewer
from write_side.cart.events import CartItemQuantityChanged, ItemAddedToCart
from write_side.catalog.product.events import ProductCreated, ProductDeactivated
from write_side.database import Database
from write_side.observations.log import ObservationLog
from write_side.observations.observed import Count, Observed
from write_side.order.events import OrderCancelled, OrderReturned
from write_side.wishlist.events import ProductUnwished, ProductWished

WISHED: Happened = ("wishlist-7", ProductWished(product_id=5))
UNWISHED: Happened = ("wishlist-7", ProductUnwished(product_id=5))
CANCELLED: Happened = ("order-1", OrderCancelled(order_id=1))


def into_cart(quantity: int, product_id: int = 5) -> Happened:
    return "cart-7", ItemAddedToCart(product_id=product_id, line_id=product_id, quantity=quantity, unit_price=1)


class Folded:
    """All of it in one batch, or cut in two."""

    def __init__(self, *happened: Happened, cut: int | None = None) -> None:
        self.projection = Projection(redis_models(open_sealed))
        past = rows(list(happened))
        self.projection.take(past[:cut])
        self.projection.take(past[len(past) if cut is None else cut :])
        assert self.projection.session.parks == []

    def __call__(self, product_id: int) -> ProductMetrics:
        stored = self.projection.session.documents[("product-metrics", str(product_id))]
        return PRODUCT_METRICS.decode(stored)


def test_favorites_are_wishlists_that_it_is_on() -> None:
    other: Happened = ("wishlist-8", ProductWished(product_id=5))
    assert Folded(WISHED, other, UNWISHED)(5).favorites == 1
    assert Folded(WISHED, other, UNWISHED, WISHED)(5).favorites == 2
    assert Folded(WISHED, UNWISHED)(5).updated_at == at(2)


def test_cart_additions_are_times_and_not_units() -> None:
    changed: Happened = ("cart-7", CartItemQuantityChanged(line_id=5, quantity=9))
    folded = Folded(into_cart(3), into_cart(1), into_cart(1, product_id=6), changed)
    assert (folded(5).cart_additions, folded(6).cart_additions) == (2, 1)


def test_sales_and_revenue_are_those_of_orders_that_are_not_cancelled() -> None:
    both = (
        placed(1, line(1, 5, 2, 300), line(2, 5, 1, 250), line(3, 6, 1, 100)),
        placed(2, line(4, 5, 4, 300), person_id=8),
    )
    folded = Folded(*both)
    assert (folded(5).sales, folded(5).revenue) == (7, {"GBP": 2050})
    assert (folded(6).sales, folded(6).revenue) == (1, {"GBP": 100})
    assert folded(5).recent_orders == [1, 2]
    for cut in (None, 1, 2):
        folded = Folded(*both, CANCELLED, cut=cut)
        assert (folded(5).sales, folded(5).revenue) == (4, {"GBP": 1200})
        assert (folded(6).sales, folded(6).revenue) == (0, {"GBP": 0})
        assert folded(5).recent_orders == [1, 2]
        assert folded(6).updated_at == at(3)


def test_past_business_was_sold_and_what_came_back_was_sold_too() -> None:
    folded = Folded(
        past_order(1, "2010-12-01T08:26:00Z", line(1, 5, 6, 255)),
        came_back(9, "2011-01-05T00:00:00Z", back(1, 5, 3, 255)),
        placed(2, line(2, 5, 1, 100), currency="USD"),
        ("order-2", OrderReturned(order_id=2, restocked=False)),
    )
    assert (folded(5).sales, folded(5).revenue) == (7, {"GBP": 1530, "USD": 100})
    assert folded(5).updated_at == at(3)


def test_the_latest_orders_are_kept_newest_last() -> None:
    folded = Folded(*(placed(number, line(1, 5, 1, 1)) for number in range(1, 31)), cut=25)
    assert folded(5).recent_orders == [*range(11, 31)]


# -- how they are read ----------------------------------------------------------------------------


@pytest_asyncio.fixture
async def reads(world: World) -> AsyncIterator[ReadSide]:
    places = world.places
    made = await ReadSide.open(places.redis_url, places.elasticsearch_url, places.layout, places.search_layout)
    yield made
    await made.close()


def product(number: int, seller_id: int) -> Happened:
    return f"product-{number}", ProductCreated(
        product_id=number, name=f"Thing {number}", slug=f"t{number}", sku=f"S{number}", selling_price=1, currency="GBP",
        low_stock_threshold=0, seller_id=seller_id,
    )  # fmt: skip


def observed(world: World, *counts: tuple[str, int, int | None, int]) -> None:
    log = ObservationLog(Database(world.places.dsn))
    log.append(uuid4(), Observed(at=at(99), counts=tuple(Count(*count) for count in counts)))
    log.close()
    with opened("observations", world.places, open_sealed) as parts:
        build(parts.events, parts.store, parts.models)


@pytest.mark.asyncio
async def test_metrics_of_a_seller_join_both_logs_and_have_zeros_where_nothing_happened(
    world: World, reads: ReadSide
) -> None:
    hidden: Happened = ("product-6", ProductDeactivated(product_id=6))
    sale = placed(1, line(1, 5, 2, 300, seller_id=70), line(2, 8, 1, 50, seller_id=71))
    past: list[Any] = [product(5, 70), product(6, 70), product(7, 70), product(8, 71), hidden, WISHED, into_cart(1)]
    world.past.append(*past, sale, placed(2, line(3, 6, 1, 10, seller_id=70), currency="USD"))
    build(world.events, world.redis, world.redis_models)
    with pytest.raises(Unavailable):
        await reads.metrics.of_seller(70, 1, 10)
    with pytest.raises(Unavailable):
        await reads.metrics.built()
    looks = [("product-viewed", 5, None, 3), ("product-viewed", 6, 7, 1), ("product-clicked", 5, None, 2)]
    visits = [("category-visited", 3, None, 1), ("category-visited", 4, 7, 2)]
    observed(world, *looks, ("product-viewed", 8, None, 50), *visits)
    await reads.metrics.built()
    page = await reads.metrics.of_seller(70, 1, 10)
    assert page.total == 3
    nothing, hidden_one, thing = page.items
    assert [figures.product.product_id for figures in page.items] == [7, 6, 5]
    assert (thing.visits.views, thing.visits.clicks, thing.done.favorites, thing.done.cart_additions) == (3, 2, 1, 1)
    assert (thing.done.sales, thing.revenue, thing.updated_at) == (2, 600, at(99))
    assert (hidden_one.visits.views, hidden_one.done.sales, hidden_one.revenue) == (1, 1, 0), "not in its own currency"
    assert (nothing.visits.views, nothing.done.sales, nothing.revenue) == (0, 0, 0)
    assert nothing.updated_at == nothing.product.created_at
    totals = await reads.metrics.totals(70)
    assert (totals.views, totals.clicks, totals.favorites, totals.cart_additions, totals.sales) == (4, 2, 1, 1, 3)
    assert totals.revenue == {"GBP": 600, "USD": 10}
    assert (totals.total_products, totals.active_products, totals.total_orders) == (3, 2, 2)
    theirs = await reads.metrics.orders_with(Viewer(70, sells=True), thing, 10)
    assert [(order.order_id, [line.product_id for line in order.lines]) for order in theirs] == [(1, [5])]
    assert await reads.metrics.orders_with(Viewer(72, sells=True), thing, 10) == []
    assert [(one.category_id, one.visits) for one in (await reads.metrics.categories(1, 10)).items] == [(4, 2), (3, 1)]
    assert (await reads.metrics.totals(404)).total_products == 0
