"""Ids as clients send them: integers, in their other form too; what is none names nothing."""

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.rows.row import Call
from write_side.identifiers import MAX_ID, parse_id

NOBODY = MAX_ID
"""An id that is never given out."""


def path_id(call: Call[Any], name: str = "id") -> int:
    try:
        return parse_id(call.request.path_params[name])
    except ValueError:
        return NOBODY


def _reference(value: object) -> int:
    try:
        return parse_id(value)
    except ValueError:
        raise PydanticCustomError("reference", "Must be a valid id.") from None


Reference = Annotated[
    int,
    BeforeValidator(_reference),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_ID}),
]
