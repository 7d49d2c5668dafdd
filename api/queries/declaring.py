"""How a query becomes a route: its path and the shape of its answer, which goes into the document."""

from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

Handler = Callable[..., Any]
Declare = Callable[[str, type[msgspec.Struct]], Callable[[Handler], Handler]]


def declared_on(router: APIRouter) -> Declare:
    """Declares queries on `router`; each answers with a Response of its own making."""

    def query(path: str, shape: type[msgspec.Struct]) -> Callable[[Handler], Handler]:
        return router.get(path, response_class=Response, responses=_documented(shape))

    return query


def _documented(shape: type[msgspec.Struct]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI part of an answer; `api/openapi.py` adds the schemas themselves."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {200: {"description": "Found", "content": {"application/json": {"schema": schema}}}}
