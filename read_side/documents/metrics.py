"""How products and categories are doing: what was looked at (from the log of observations) and what people did with
products (from the log of events)."""

import msgspec


class ProductVisits(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `product-visits` of the observations, by product."""

    product_id: int
    position: int = 0
    views: int = 0
    clicks: int = 0
    updated_at: str = ""


class CategoryVisits(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `category-visits` of the observations, by category."""

    category_id: int
    position: int = 0
    visits: int = 0
    updated_at: str = ""


class ProductMetrics(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `product-metrics`, by product, its variants included. `favorites`: wishlists that it is on now;
    `cart_additions`: how often it was put into a cart, however many at once. `sales` (units) and `revenue` (minor
    units by currency): of orders that are not cancelled, past business among them; what came back was sold.
    `recent_orders`: the latest orders with it, newest last."""

    product_id: int
    position: int = 0
    favorites: int = 0
    cart_additions: int = 0
    sales: int = 0
    revenue: dict[str, int] = {}
    recent_orders: list[int] = []
    updated_at: str = ""
