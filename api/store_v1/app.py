"""The surface as an application, to be mounted at `PREFIX`; its documentation lies beside that path."""

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.auth import Callers
from api.gateway import Gateway
from api.parts import Parts
from api.store_v1.errors import refuse
from api.store_v1.openapi import document
from api.store_v1.routes.accounts import add_account_rows
from api.store_v1.routes.addresses import add_address_rows
from api.store_v1.routes.cart import add_cart_rows
from api.store_v1.routes.catalogue import add_catalogue_rows
from api.store_v1.routes.orders import add_order_rows
from api.store_v1.routes.payments import add_payment_rows
from api.store_v1.routing import SURFACE, Rows
from api.tokens import Tokens

PREFIX = "/api/v1"
SCHEMA, DOCS = "/api/schema/", "/api/docs/"


def create(parts: Parts) -> FastAPI:
    """The application; it has no lifespan of its own: `parts` are opened by whoever mounts it."""
    tokens = Tokens(parts.settings.secret_key)
    gateway = Gateway(parts)
    rows = Rows(Callers(parts, tokens, SURFACE))
    add_account_rows(rows, parts, gateway, tokens)
    add_address_rows(rows, parts, gateway)
    add_catalogue_rows(rows, parts)
    add_cart_rows(rows, parts, gateway)
    add_order_rows(rows, parts, gateway)
    add_payment_rows(rows, parts, gateway)
    store = FastAPI(
        title="Storefold store API", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    store.router.routes.extend(rows.routes())
    store.router.default = _no_such_path
    made: dict[str, Any] = {}

    def described() -> dict[str, Any]:
        if not made:
            made.update(document(rows.declared, PREFIX))
        return made

    store.openapi = described  # type: ignore[method-assign]
    return store


def documentation(store: FastAPI) -> list[Route]:
    """Routes for the application that mounts the store: the contract has them outside of `PREFIX`."""

    async def schema(request: Request) -> Response:
        return Response(msgspec.json.encode(store.openapi()), media_type="application/json")

    async def docs(request: Request) -> Response:
        return get_swagger_ui_html(openapi_url=SCHEMA, title=store.title)

    return [Route(SCHEMA, schema), Route(DOCS, docs)]


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    await refuse(Request(scope), HTTPException(404))(scope, receive, send)
