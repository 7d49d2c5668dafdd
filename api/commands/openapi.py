"""The commands' part of the OpenAPI document, from the command types themselves."""

from typing import Any

from pydantic.json_schema import models_json_schema

from write_side.messages import Access, Command
from write_side.registry import COMMANDS

_WHO = {
    Access.ANYONE: "Anyone.",
    Access.SIGNED_IN: "Anyone who is signed in.",
    Access.SELLER: "Sellers and administrators.",
    Access.ADMIN: "Administrators.",
    Access.SERVICE: "The product's own parts alone.",
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_HEADERS = {
    "Storefold-Position": {
        "description": "Position of the command's last event; ask for it in Storefold-Min-Position.",
        "schema": {"type": "integer"},
    }
}
_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Accepted": {
        "type": "object",
        "required": ["position", "events", "result"],
        "properties": {
            "position": {"type": "integer", "description": "of the last event"},
            "events": {
                "type": "array",
                "items": {
                    "type": "array",
                    "description": "stream, version, name",
                    # As a tuple (`prefixItems`) it would say more, to fewer tools: some cannot read it.
                    "items": {"type": ["string", "integer"]},
                    "minItems": 3,
                    "maxItems": 3,
                },
            },
            "result": {"type": "object"},
        },
    },
}
_ANSWERS = {
    "400": "A value cannot stand",
    "401": "Nobody is signed in",
    "403": "Not allowed",
    "404": "No such thing, or not the caller's",
    "409": "The state does not allow it",
    "413": "The body is too large",
    "422": "The Idempotency-Key was used with another body",
    "429": "Asked too often; `Retry-After` says how many seconds to wait",
    "503": "A store is away; nothing was done",
}


def add_commands(document: dict[str, Any]) -> None:
    """Adds a path for every command, and the schemas that they use."""
    template = "#/components/schemas/{model}"
    inputs = [(command, "validation") for command in COMMANDS.values()]
    references, definitions = models_json_schema(inputs, ref_template=template)  # type: ignore[arg-type]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(_SCHEMAS)
    schemas.update(definitions.get("$defs", {}))
    for name, command in COMMANDS.items():
        schema = references[(command, "validation")]
        document["paths"][f"/commands/{name}"] = {"post": _operation(name, command, schema)}


def _operation(name: str, command: type[Command], schema: dict[str, Any]) -> dict[str, Any]:
    text = (command.__doc__ or "").strip()
    required = any(field.is_required() for field in command.model_fields.values())
    return {
        "operationId": name,
        "summary": text.partition(".")[0].partition("\n")[0],
        "description": f"{text}\n\n**Who:** {_WHO[command.access]}",
        "tags": ["commands"],
        "security": [{}] if command.access is Access.ANYONE else [{"password": []}],
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key with the same body gives the same answer, once done.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        ],
        "requestBody": {"required": required, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "200": {
                "description": "Done, and committed",
                "headers": _HEADERS,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}},
            },
            **{status: {"description": text, "content": _PROBLEM} for status, text in _ANSWERS.items()},
        },
    }
