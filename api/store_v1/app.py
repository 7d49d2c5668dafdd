"""The surface as an ASGI application for the paths below `PREFIX`; its documentation lies beside them."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth import Callers
from api.docs_pages import docs_page
from api.gateway import Gateway
from api.parts import Parts
from api.store_v1.openapi import document
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
from api.store_v1.routing import SURFACE, Rows, Store
from api.throttling_limits import Limits
from api.tokens import Tokens

PREFIX = "/api/v1"
SCHEMA, DOCS = "/api/schema/", "/api/docs/"


def create(parts: Parts, limits: Limits | None = None) -> Store:
    """The application; it has no lifespan of its own: `parts` are opened by whoever serves it."""
    tokens = Tokens(parts.settings.secret_key)
    gateway = Gateway(parts)
    rows = Rows(Callers(parts, tokens, SURFACE), limits)
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
    return Store(rows, PREFIX)


def documentation(store: Store) -> list[Route]:
    """Routes for the root application: the contract has them outside of `PREFIX`."""
    made: list[bytes] = []

    async def schema(request: Request) -> Response:
        if not made:
            made.append(msgspec.json.encode(document(store.rows, store.prefix)))
        return Response(made[0], media_type="application/json")

    return [Route(SCHEMA, schema), docs_page(DOCS, SCHEMA, "Storefold store API")]
