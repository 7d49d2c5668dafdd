"""The surface as an ASGI application for the paths below `/api/v1/`; its documentation lies beside them."""

from api.gateway import Gateway
from api.parts import Parts
from api.rows.dialect import Dialect
from api.rows.row import Rows
from api.rows.surface import Surface
from api.store_v1.errors import ERRORS
from api.store_v1.examples import EXAMPLES
from api.store_v1.routes.accounts import add_account_rows
from api.store_v1.routes.addresses import add_address_rows
from api.store_v1.routes.cart import add_cart_rows
from api.store_v1.routes.catalogue import add_catalogue_rows
from api.store_v1.routes.fulfilment import add_fulfilment_rows
from api.store_v1.routes.orders import add_order_rows
from api.store_v1.routes.payments import add_payment_rows
from api.store_v1.routes.reviews import add_review_rows
from api.store_v1.routes.staff import add_staff_rows
from api.store_v1.routes.wishlist import add_wishlist_rows
from api.store_v1.statuses import SURFACE
from api.throttling import Rates
from api.throttling_limits import Limits
from api.tokens import Tokens

STORE = Dialect(
    name=SURFACE,
    prefix="/api/v1",
    owns=("/api/v1/",),
    errors=ERRORS,
    rates=Rates.of_store,
    title="Storefold store API",
    about="Amounts are decimal strings in US dollars, times ISO 8601 in UTC. Ids are UUIDs; an id's "
    "integer form is accepted, too. Clients read their own writes.",
    schema="/api/schema/",
    docs="/api/docs/",
    examples=EXAMPLES,
)


def create(parts: Parts, limits: Limits | None = None) -> Surface:
    """The application; it has no lifespan of its own: `parts` are opened by whoever serves it."""
    tokens = Tokens(parts.settings.secret_key)
    gateway = Gateway(parts)
    rows = Rows()
    add_account_rows(rows, parts, gateway, tokens)
    add_address_rows(rows, parts, gateway)
    add_catalogue_rows(rows, parts)
    add_staff_rows(rows, parts, gateway)
    add_review_rows(rows, parts, gateway)
    add_wishlist_rows(rows, parts, gateway)
    add_cart_rows(rows, parts, gateway)
    add_order_rows(rows, parts, gateway)
    add_fulfilment_rows(rows, parts, gateway)
    add_payment_rows(rows, parts, gateway)
    return Surface(STORE, rows, parts, tokens, limits)
