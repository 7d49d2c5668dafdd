"""The ASGI application: the native surface at the root, and every other surface mounted beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api import openapi
from api.auth import Callers
from api.commands.routes import command_route
from api.docs_pages import assets, docs_page
from api.gateway import Gateway
from api.health import health_router
from api.marketplace import app as marketplace
from api.martaff import app as martaff
from api.media import media_router
from api.middleware import Envelope
from api.parts import Parts
from api.problems import HANDLERS, problem_router, refuse
from api.queries.routes import query_router
from api.rows.documentation import documentation
from api.rows.surface import Surface
from api.sign_in import sign_in_router
from api.store_v1 import app as store_v1
from api.throttling_limits import LimitedNative, Limits
from api.tokens import Tokens
from api.uploads.routes import upload_router

VERSION = "0.1.0"
_EXPOSED = (
    "Storefold-Position",
    "X-Request-Id",
    "X-CSRFToken",
    "X-Total-Count",
    "ETag",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
)
SURFACES = (store_v1.create, marketplace.create, martaff.create)
"""In the order in which their paths are tried."""


def create_app(parts: Parts) -> ASGIApp:
    """Connects when it starts; a store that is away then is waited for, not needed."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await parts.open()
        yield
        if limits is not None:
            limits.close()
        await parts.close()

    app = FastAPI(
        title="Storefold",
        version=VERSION,
        lifespan=lifespan,
        exception_handlers=HANDLERS,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    tokens = Tokens(parts.settings.secret_key)
    callers = Callers(parts, tokens, "native")
    app.router.routes += [assets(), docs_page("/docs", "/openapi.json", "Storefold")]
    app.router.routes.append(command_route(Gateway(parts), callers))
    for router in (
        query_router(parts, callers),
        sign_in_router(parts, tokens),
        upload_router(parts, callers),
        media_router(parts),
        health_router(parts),
        problem_router(),
    ):
        app.include_router(router)
    limits = Limits.of(parts)
    surfaces = [create(parts, limits) for create in SURFACES]
    documents = [route for surface in surfaces for route in documentation(surface)]
    app.router.routes.extend(documents)
    _document(app)
    root: ASGIApp = app if limits is None else LimitedNative(app, limits, tokens)
    owners = {start: surface for surface in surfaces for start in surface.dialect.owns}
    beside = _Beside(root, owners, frozenset(route.path for route in documents))
    refusing = {start: surface.refuse for start, surface in owners.items()}
    return Envelope(_with_cors(beside, parts), parts, refuse, refusing)


class _Beside:
    """Surfaces that answer for themselves are reached without the root application's middleware and
    routes, which cost more than a hot read does."""

    def __init__(self, root: ASGIApp, owners: dict[str, Surface], documents: frozenset[str]) -> None:
        """`owners`: who answers paths that begin so; `documents`: the paths below them that the root answers."""
        self._root = root
        self._owners = tuple(owners.items())
        self._documents = documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            for start, surface in self._owners:
                if path.startswith(start) and path not in self._documents:
                    await surface(scope, receive, send)
                    return
        await self._root(scope, receive, send)


def _document(app: FastAPI) -> None:
    made: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not made:
            made.update(openapi.document(app))
        return made

    app.openapi = document  # type: ignore[method-assign]


def _with_cors(app: ASGIApp, parts: Parts) -> ASGIApp:
    if not parts.settings.cors_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=list(parts.settings.cors_origins),
        allow_methods=["*"],
        allow_headers=["*"],
        allow_credentials=True,
        expose_headers=list(_EXPOSED),
    )
