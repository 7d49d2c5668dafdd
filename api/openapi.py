"""The native surface's OpenAPI document: FastAPI's for the queries, the commands' from their types."""

from types import ModuleType
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.commands.openapi import add_commands
from api.problems import MEDIA_TYPE
from api.queries import (
    account_answers,
    catalogue_answers,
    metric_answers,
    order_answers,
    report_answers,
    review_answers,
    seller_answers,
)
from api.uploads import routes as upload_answers

_DESCRIPTION = """Commands change the shop and answer with the position of their last event
(`Storefold-Position`); queries read models that follow, and wait for a position when
`Storefold-Min-Position` names one. Errors are problem details (RFC 9457)."""
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_REFUSALS = {
    "400": "A value cannot stand",
    "401": "Nobody is signed in",
    "403": "Not allowed",
    "404": "No such thing, or not for the caller",
    "429": "Asked too often; `Retry-After` says how many seconds to wait",
    "503": "The store that would answer is away or behind",
}
_MIN_POSITION = {
    "name": "Storefold-Min-Position",
    "in": "header",
    "required": False,
    "description": "Wait until the models have seen this position of the log.",
    "schema": {"type": "integer", "minimum": 0},
}
_SHAPES = (
    catalogue_answers,
    order_answers,
    account_answers,
    review_answers,
    seller_answers,
    report_answers,
    metric_answers,
    upload_answers,
)
_NOT_MODIFIED = {"description": "The client's copy (`If-None-Match`) is still right"}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, made once."""
    made = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
    for operations in made["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)  # FastAPI's own shape; ours is 400
    add_commands(made)
    components = made["components"]
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    shapes = [shape for module in _SHAPES for shape in vars(module).values() if _is_of(module, shape)]
    _, schemas = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    components["schemas"] |= schemas
    components["securitySchemes"] = {
        "password": {"type": "oauth2", "flows": {"password": {"tokenUrl": "/auth/token", "scopes": {}}}}
    }
    for path, operations in made["paths"].items():
        if path.startswith("/queries/"):
            _complete(operations["get"])
    return made


def _complete(operation: dict[str, Any]) -> None:
    """What every query shares."""
    operation["responses"]["304"] = _NOT_MODIFIED
    operation["responses"] |= {status: {"description": text, **_PROBLEM} for status, text in _REFUSALS.items()}
    operation.setdefault("parameters", []).append(_MIN_POSITION)
    operation["security"] = [{}, {"password": []}]


def _is_of(module: ModuleType, shape: Any) -> bool:
    """An answer that the module declares; the documents that it is made from are imported."""
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct) and shape.__module__ == module.__name__
