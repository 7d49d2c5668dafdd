"""Documentation pages (Swagger UI) whose files are served from here: a browser asks no foreign host, and a
machine without the internet shows them too."""

from typing import Final

from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

ASSETS: Final = "/docs/assets"


def docs_page(path: str, schema: str, title: str) -> Route:
    """The page at `path` for the OpenAPI document at `schema`."""

    async def page(request: Request) -> Response:
        return get_swagger_ui_html(
            openapi_url=schema,
            title=title,
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon.png",
        )

    return Route(path, page)


def assets() -> BaseRoute:
    """What the pages load; before any route whose path could be taken for theirs."""
    return Mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]))
