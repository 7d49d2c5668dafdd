"""What the questions after metrics are answered with; as in `values.py`."""

import msgspec

from api.queries.values import Money
from read_side.queries.metrics import Figures, Totals
from read_side.queries.page import Page
from write_side.fields import decimal_text


class ProductMetricsAnswer(msgspec.Struct):
    """`favorites`: wishlists that it is on now; `cart_additions`: how often it was put into a cart; `sales` (units)
    and `revenue`: of orders that are not cancelled, what came back included."""

    product_id: int
    name: str
    slug: str
    views: int
    clicks: int
    favorites: int
    cart_additions: int
    sales: int
    revenue: Money
    currency: str
    updated_at: str


class ProductMetricsPage(msgspec.Struct):
    items: list[ProductMetricsAnswer]
    total: int
    page: int
    size: int


class RevenueAnswer(msgspec.Struct):
    currency: str
    revenue: Money


class DashboardAnswer(msgspec.Struct):
    """Totals over a seller's products, hidden ones included. `total_orders`: with a line of theirs."""

    seller_id: int
    views: int
    clicks: int
    favorites: int
    cart_additions: int
    sales: int
    revenue: list[RevenueAnswer]
    total_products: int
    active_products: int
    total_orders: int


class CategoryVisitsAnswer(msgspec.Struct):
    """`name` and `slug` null: the category was removed."""

    category_id: int
    name: str | None
    slug: str | None
    visits: int
    updated_at: str


class CategoryVisitsPage(msgspec.Struct):
    items: list[CategoryVisitsAnswer]
    total: int
    page: int
    size: int


def product(found: Figures) -> ProductMetricsAnswer:
    return ProductMetricsAnswer(
        product_id=found.product.product_id,
        name=found.product.name,
        slug=found.product.slug,
        views=found.visits.views,
        clicks=found.visits.clicks,
        favorites=found.done.favorites,
        cart_additions=found.done.cart_additions,
        sales=found.done.sales,
        revenue=decimal_text(found.revenue),
        currency=found.product.currency,
        updated_at=found.updated_at,
    )


def products(found: Page[Figures], page: int, size: int) -> ProductMetricsPage:
    return ProductMetricsPage([product(each) for each in found.items], found.total, page, size)


def dashboard(seller_id: int, found: Totals) -> DashboardAnswer:
    return DashboardAnswer(
        seller_id=seller_id,
        views=found.views,
        clicks=found.clicks,
        favorites=found.favorites,
        cart_additions=found.cart_additions,
        sales=found.sales,
        revenue=[RevenueAnswer(currency, decimal_text(amount)) for currency, amount in found.revenue.items()],
        total_products=found.total_products,
        active_products=found.active_products,
        total_orders=found.total_orders,
    )
