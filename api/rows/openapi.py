"""A surface's OpenAPI document, from the same declarations that its rows run by."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
from pydantic.json_schema import models_json_schema

from api.rows.dialect import Dialect
from api.rows.examples import Examples
from api.rows.row import Row, Schemas, Who
from api.rows.surface import Metadata

_REFERENCE = "#/components/schemas/{name}"
_TEXTS = {
    400: "A value cannot stand, or the state does not allow it",
    401: "Nobody is signed in, or the token is no good",
    403: "Not allowed",
    404: "No such thing, or not the caller's",
    405: "The path has no such method",
    409: "Taken already, or the Idempotency-Key was used otherwise",
    413: "The body is too large",
    415: "Only {media} is understood",
    429: "Asked too often; `Retry-After` says how many seconds to wait, `RateLimit` warns before",
    503: "A store is away; try again",
}
_HEADERS = {
    "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": 255},
    "Storefold-Min-Position": {"type": "integer", "minimum": 0},
}
_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def document(rows: list[Row], dialect: Dialect) -> dict[str, Any]:
    """The whole document of a surface's rows."""
    return _Document(rows, dialect).made()


class _Document:
    def __init__(self, rows: list[Row], dialect: Dialect) -> None:
        self._rows = rows
        self._dialect = dialect
        bodies = list(dict.fromkeys(sent for row in rows if (sent := row.body or row.takes) is not None))
        self._inputs, definitions = models_json_schema(
            [(body, "validation") for body in bodies], ref_template="#/components/schemas/{model}In"
        )
        shapes = dialect.errors.shapes
        types = [*shapes(400), *shapes(404), *shapes(429)]
        types += [shape for row in rows for shape in (*row.shapes, *row.also.values())]
        types = list(dict.fromkeys([*types, Metadata] if dialect.options is not None else types))
        schemas, self._schemas = msgspec.json.schema_components(types, ref_template=_REFERENCE)
        self._of = dict(zip(types, schemas, strict=True))
        self._schemas |= {f"{name}In": schema for name, schema in definitions.get("$defs", {}).items()}
        self._examples = Examples(dialect.examples, self._schemas)

    def made(self) -> dict[str, Any]:
        dialect = self._dialect
        paths: dict[str, dict[str, Any]] = {}
        for row in self._rows:
            for number, path in enumerate((row.path, *row.spellings)):
                operation = self._operation(row, path)
                if number:
                    operation["operationId"] += f"_{number + 1}"
                paths.setdefault(dialect.prefix + path, {})[row.method.lower()] = operation
        if dialect.options is not None:
            for path, operations in paths.items():
                operations["options"] = self._options(path)
        schemes = {"bearer": _BEARER}
        if any(row.basic for row in self._rows):
            schemes["basic"] = {"type": "http", "scheme": "basic"}
        return {
            "openapi": "3.1.0",
            "info": {"title": dialect.title, "version": "1", "description": dialect.about},
            "paths": paths,
            "components": {"schemas": self._schemas, "securitySchemes": schemes},
        }

    def _operation(self, row: Row, path: str) -> dict[str, Any]:
        text = (row.run.__doc__ or "").strip()
        found: dict[str, Any] = {
            "operationId": row.run.__name__,
            "summary": text.partition("\n")[0],
            "tags": [path.strip("/").partition("/")[0]],
            "security": _security(row),
            "parameters": _parameters(row, path),
            "responses": {str(status): answer for status, answer in sorted(self._responses(row).items())},
        }
        taken = row.body or row.takes
        if taken is not None:
            schema = self._inputs[(taken, "validation")]
            found["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind in row.media}}
        self._add_examples(found)
        return found

    def _options(self, path: str) -> dict[str, Any]:
        found = {
            "operationId": re.sub(r"\W+", "_", path).lstrip("_") + "_options",
            "summary": "What the path takes and answers with.",
            "tags": [path.removeprefix(self._dialect.prefix).strip("/").partition("/")[0]],
            "security": [],
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in re.findall(r"{(\w+)}", path)
            ],
            "responses": {"200": self._says("What the path takes and answers with", [Metadata])},
        }
        self._add_examples(found)
        return found

    def _add_examples(self, operation: dict[str, Any]) -> None:
        """Of the body, and of what is answered when all goes well."""
        parts = [operation.get("requestBody", {})]
        parts += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for part in parts:
            for content in part.get("content", {}).values():
                content["example"] = self._examples.of(content["schema"])

    def _responses(self, row: Row) -> dict[int, dict[str, Any]]:
        errors = self._dialect.errors
        shapes: dict[int, list[Any]] = {row.status: list(row.shapes)}
        for status, shape in row.also.items():
            shapes.setdefault(status, []).append(shape)
        for status in _errors(row):
            shapes.setdefault(status, []).extend(errors.shapes(status))
        if row.limit != "none":
            shapes[429] = list(errors.shapes(429))
        media = ", ".join(row.media)
        found = {
            status: self._says((_TEXTS.get(status) or HTTPStatus(status).phrase).format(media=media), some)
            for status, some in shapes.items()
        }
        if row.page:
            found[row.status]["content"] = {"text/html": {"schema": {"type": "string"}}}
        if row.gives:
            found[row.status]["headers"] = {name: {"schema": schema} for name, schema in row.gives.items()}
        if row.method == "GET":
            found[304] = {"description": "The client's copy (`If-None-Match`) is still right"}
        return found

    def _says(self, text: str, shapes: list[Any]) -> dict[str, Any]:
        if not shapes:
            return {"description": text}
        some = [self._of[shape] for shape in dict.fromkeys(shapes)]
        schema = some[0] if len(some) == 1 else {"anyOf": some}
        return {"description": text, "content": {"application/json": {"schema": schema}}}


def _security(row: Row) -> list[dict[str, list[str]]]:
    if row.who is Who.ANYBODY:
        return []
    nobody: list[dict[str, list[str]]] = [{}] if row.who in (Who.VISITOR, Who.GUEST) else []
    basic: list[dict[str, list[str]]] = [{"basic": []}] if row.basic else []
    return [*nobody, {"bearer": []}, *basic]


def _parameters(row: Row, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    found += _of_kind("query", row.query)
    found += [
        {"name": name, "in": "header", "required": True, "schema": schema} for name, schema in row.headers.items()
    ]
    found += _of_kind("cookie", row.cookies)
    header = "Storefold-Min-Position" if row.method == "GET" else "Idempotency-Key"
    return [*found, {"name": header, "in": "header", "schema": _HEADERS[header]}]


def _of_kind(kind: str, schemas: Schemas) -> list[dict[str, Any]]:
    return [{"name": name, "in": kind, "schema": schema} for name, schema in schemas.items()]


def _errors(row: Row) -> set[int]:
    errors = {*row.errors, 400, 503}  # any parameter can be none, `Storefold-Min-Position` too
    if row.who not in (Who.ANYBODY, Who.GUEST):
        errors.add(401)
    if row.who in (Who.SELLER, Who.STAFF):
        errors.add(403)
    if row.method != "GET":
        errors |= {409, 413}
    if row.body is not None:
        errors.add(415)
    return errors
