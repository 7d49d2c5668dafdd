"""Where a surface's OpenAPI document lies, and the page that shows it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.docs_pages import docs_page
from api.rows.openapi import document
from api.rows.surface import Surface


def documentation(surface: Surface) -> list[Route]:
    """Routes for the root application."""
    made: list[bytes] = []
    dialect = surface.dialect

    async def schema(request: Request) -> Response:
        if not made:
            made.append(msgspec.json.encode(document(surface.rows, dialect)))
        return Response(made[0], media_type="application/json")

    return [Route(dialect.schema, schema), docs_page(dialect.docs, dialect.schema, dialect.title)]
