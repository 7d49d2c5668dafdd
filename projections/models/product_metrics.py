"""`product-metrics`: what people did with a product, by product."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from projections.model import Fold, Model, Moment, Recalled
from projections.models.deals import SALES, Figures, deal_of
from read_side.documents.metrics import ProductMetrics
from write_side.cart.events import ItemAddedToCart
from write_side.messages import Event
from write_side.order.events import OrderCancelled
from write_side.wishlist.events import ProductUnwished, ProductWished

RECENT = 20  # orders; ten are shown, and some of the latest may be hidden


class Part(NamedTuple):
    """What an order means for one product; `order_id` None: it was cancelled, and stays where it is listed."""

    figures: Figures
    currency: str
    order_id: int | None


def products(_stream: str, told: Any, when: Moment) -> str | Mapping[str, Part]:
    if type(told) not in SALES and not isinstance(told, Recalled):
        return str(told.product_id)
    deal = deal_of(told, when)
    order_id = None if isinstance(told, Recalled) else told.order_id
    return {str(key): Part(figures, deal.currency, order_id) for key, figures in deal.by_product().items()}


def wished(product: ProductMetrics, _event: ProductWished, when: Moment) -> None:
    product.favorites += 1
    product.updated_at = when.at


def unwished(product: ProductMetrics, _event: ProductUnwished, when: Moment) -> None:
    product.favorites -= 1
    product.updated_at = when.at


def put_into_cart(product: ProductMetrics, _event: ItemAddedToCart, when: Moment) -> None:
    product.cart_additions += 1
    product.updated_at = when.at


def ordered(product: ProductMetrics, part: Part, when: Moment) -> None:
    product.sales += part.figures.units
    product.revenue[part.currency] = product.revenue.get(part.currency, 0) + part.figures.revenue
    if part.order_id is not None:
        product.recent_orders = [*product.recent_orders, part.order_id][-RECENT:]
    product.updated_at = when.at


FOLDS: dict[type[Event], Fold] = {
    ProductWished: wished,
    ProductUnwished: unwished,
    ItemAddedToCart: put_into_cart,
    **dict.fromkeys(SALES, ordered),
}

PRODUCT_METRICS = Model(
    name="product-metrics",
    document=ProductMetrics,
    empty=lambda key: ProductMetrics(product_id=int(key)),
    key=products,
    folds=FOLDS,
    recalls=frozenset({OrderCancelled}),
)
