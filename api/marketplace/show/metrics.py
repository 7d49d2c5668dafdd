"""How products are doing, in the contract's shapes."""

from api.marketplace.answers import metrics as answers
from api.marketplace.answers.orders import Order
from api.marketplace.answers.products import Named
from read_side.documents.product import Product
from read_side.queries.metrics import Figures, Totals
from write_side.fields import decimal_text
from write_side.values import CURRENCY


def metrics(found: Figures) -> answers.Metrics:
    product = found.product
    return answers.Metrics(
        id=product.product_id,
        product=Named(product.product_id, product.name, product.slug),
        views=found.visits.views,
        clicks=found.visits.clicks,
        favorites=found.done.favorites,
        cart_additions=found.done.cart_additions,
        sales=found.done.sales,
        revenue=decimal_text(found.revenue),
        updated_at=found.updated_at,
    )


def dashboard(found: Totals, recent: list[Order]) -> answers.Dashboard:
    return answers.Dashboard(
        views=found.views,
        clicks=found.clicks,
        favorites=found.favorites,
        sales=found.sales,
        revenue=decimal_text(found.revenue.get(CURRENCY, 0)),
        total_products=found.total_products,
        active_products=found.active_products,
        total_orders=found.total_orders,
        recent_orders=recent,
    )


def product(found: Product) -> answers.MeasuredProduct:
    price = decimal_text(found.selling_price)
    return answers.MeasuredProduct(found.product_id, found.name, found.slug, price, found.available)
