"""The OpenAPI document, from the same declarations that the rows run by."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
from pydantic.json_schema import models_json_schema

from api.store_v1.errors import Error, Throttled
from api.store_v1.examples import example_of
from api.store_v1.routing import Row, Who

_REFERENCE = "#/components/schemas/{name}"
_TEXTS = {
    400: "A value cannot stand, or the state does not allow it",
    401: "Nobody is signed in, or the token is no good",
    403: "Not allowed",
    404: "No such thing, or not the caller's",
    405: "The path has no such method",
    409: "Taken already, or the Idempotency-Key was used otherwise",
    413: "The body is too large",
    415: "Only application/json is understood",
    429: "Asked too often; `Retry-After` says how many seconds to wait, `RateLimit` warns before",
    503: "A store is away; try again",
}
_HEADERS = {
    "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": 255},
    "Storefold-Min-Position": {"type": "integer", "minimum": 0},
}


def document(rows: list[Row], prefix: str) -> dict[str, Any]:
    """The whole document of the rows, whose paths begin with `prefix`."""
    paths: dict[str, dict[str, Any]] = {}
    bodies = list(dict.fromkeys(sent for row in rows if (sent := row.body or row.takes) is not None))
    inputs, definitions = models_json_schema(
        [(body, "validation") for body in bodies], ref_template="#/components/schemas/{model}In"
    )
    structs = [
        Error,
        Throttled,
        *(shape for row in rows for shape in (row.answer, *row.also.values()) if shape is not None),
    ]
    _, schemas = msgspec.json.schema_components(list(dict.fromkeys(structs)), ref_template=_REFERENCE)
    schemas |= {f"{name}In": schema for name, schema in definitions.get("$defs", {}).items()}
    for row in rows:
        taken = row.body or row.takes
        body = inputs[(taken, "validation")] if taken is not None else None
        operation = _operation(row, body)
        _add_examples(operation, schemas)
        paths.setdefault(prefix + row.path, {})[row.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Storefold store API",
            "version": "1",
            "description": "Amounts are decimal strings in US dollars, times ISO 8601 in UTC. Ids are UUIDs; an id's "
            "integer form is accepted, too. Clients read their own writes.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(row: Row, body: dict[str, Any] | None) -> dict[str, Any]:
    text = (row.run.__doc__ or "").strip()
    found: dict[str, Any] = {
        "operationId": row.run.__name__,
        "summary": text.partition("\n")[0],
        "tags": [row.path.strip("/").partition("/")[0]],
        "security": _security(row.who),
        "parameters": _parameters(row),
        "responses": {str(status): answer for status, answer in sorted(_responses(row).items())},
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Of the body, and of what is answered when all goes well."""
    parts = [operation.get("requestBody", {})]
    parts += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for part in parts:
        for content in part.get("content", {}).values():
            content["example"] = example_of(content["schema"], schemas)


def _security(who: Who) -> list[dict[str, list[str]]]:
    if who is Who.ANYBODY:
        return []
    return [{}, {"bearer": []}] if who is Who.VISITOR else [{"bearer": []}]


def _parameters(row: Row) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", row.path)
    ]
    found += [{"name": name, "in": "query", "schema": schema} for name, schema in row.query.items()]
    found += [
        {"name": name, "in": "header", "required": True, "schema": schema} for name, schema in row.headers.items()
    ]
    header = "Storefold-Min-Position" if row.method == "GET" else "Idempotency-Key"
    return [*found, {"name": header, "in": "header", "schema": _HEADERS[header]}]


def _responses(row: Row) -> dict[int, dict[str, Any]]:
    shapes: dict[int, list[type[msgspec.Struct]]] = {row.status: [] if row.answer is None else [row.answer]}
    for status, shape in row.also.items():
        shapes.setdefault(status, []).append(shape)
    for status in _errors(row):
        shapes.setdefault(status, []).append(Error)
    if row.limit != "none":
        shapes[429] = [Throttled]
    found = {status: _says(_TEXTS.get(status) or HTTPStatus(status).phrase, some) for status, some in shapes.items()}
    if row.method == "GET":
        found[304] = {"description": "The client's copy (`If-None-Match`) is still right"}
    return found


def _errors(row: Row) -> set[int]:
    errors = {*row.errors, 400, 503}  # any parameter can be none, `Storefold-Min-Position` too
    if row.who is not Who.ANYBODY:
        errors.add(401)
    if row.method != "GET":
        errors |= {409, 413}
    if row.body is not None:
        errors.add(415)
    return errors


def _says(text: str, shapes: list[type[msgspec.Struct]]) -> dict[str, Any]:
    if not shapes:
        return {"description": text}
    references = [{"$ref": _REFERENCE.format(name=shape.__name__)} for shape in shapes]
    schema = references[0] if len(references) == 1 else {"anyOf": references}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
