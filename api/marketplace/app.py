"""The surface as an ASGI application for the paths below `/api/marketplace/`, its documentation among them."""

from api.gateway import Gateway
from api.marketplace.errors import ERRORS
from api.marketplace.examples import EXAMPLES
from api.marketplace.routes.cart import add_cart_rows
from api.marketplace.routes.categories import add_category_rows
from api.marketplace.routes.fulfilment import add_fulfilment_rows
from api.marketplace.routes.images import add_image_rows
from api.marketplace.routes.metrics import add_metric_rows
from api.marketplace.routes.orders import add_order_rows
from api.marketplace.routes.product_writes import add_product_write_rows
from api.marketplace.routes.products import add_product_rows
from api.marketplace.routes.profiles import add_profile_rows
from api.marketplace.routes.reviews import add_review_rows
from api.marketplace.routes.sellers import add_seller_rows
from api.parts import Parts
from api.rows.dialect import Dialect
from api.rows.row import Rows
from api.rows.surface import Surface
from api.throttling import Rates
from api.throttling_limits import Limits
from api.tokens import Tokens

MARKETPLACE = Dialect(
    name="marketplace",
    prefix="/api/marketplace",
    owns=("/api/marketplace/",),
    errors=ERRORS,
    rates=Rates.of_others,
    title="Storefold marketplace API",
    about="Amounts are decimal strings in US dollars, times ISO 8601 in UTC. Clients read their own writes.",
    schema="/api/marketplace/schema/",
    docs="/api/marketplace/docs/",
    examples=EXAMPLES,
)


def create(parts: Parts, limits: Limits | None = None) -> Surface:
    """The application; it has no lifespan of its own: `parts` are opened by whoever serves it."""
    rows, gateway = Rows(), Gateway(parts)
    add_category_rows(rows, parts)
    add_product_rows(rows, parts, gateway)
    add_product_write_rows(rows, parts, gateway)
    add_review_rows(rows, parts, gateway)
    add_seller_rows(rows, parts)
    add_cart_rows(rows, parts, gateway)
    add_order_rows(rows, parts, gateway)
    add_fulfilment_rows(rows, parts, gateway)
    add_metric_rows(rows, parts)
    add_image_rows(rows, parts, gateway)
    add_profile_rows(rows, parts, gateway)
    return Surface(MARKETPLACE, rows, parts, Tokens(parts.settings.secret_key), limits)
