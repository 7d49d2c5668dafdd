"""How products are doing, as the contract has it."""

import msgspec

from api.marketplace.answers.orders import Order
from api.marketplace.answers.products import Moment, Money, Named


class Metrics(msgspec.Struct):
    """One product's; `id` is the product's. `sales` are units, of orders that are not cancelled, as `revenue` is."""

    id: int
    product: Named
    views: int
    clicks: int
    favorites: int
    cart_additions: int
    sales: int
    revenue: Money
    updated_at: Moment


class Dashboard(msgspec.Struct):
    """Totals over the caller's products; of each recent order the caller's lines."""

    views: int
    clicks: int
    favorites: int
    sales: int
    revenue: Money
    total_products: int
    active_products: int
    total_orders: int
    recent_orders: list[Order]


class MeasuredProduct(msgspec.Struct):
    id: int
    name: str
    slug: str
    price: Money
    stock_quantity: int


class ProductMetrics(msgspec.Struct):
    product: MeasuredProduct
    metrics: Metrics
    recent_orders: list[Order]
