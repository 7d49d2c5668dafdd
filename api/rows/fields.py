"""Field types for bodies that come as JSON and as forms, where everything is text."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError, from_json

from api.rows.body import FORM, REPEATED, Upload
from write_side.fields import Text

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off"})
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")


def truth(value: object) -> bool:
    """A boolean, its word in any case, or 1 and 0. Raises PydanticCustomError."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise PydanticCustomError("boolean", "Must be a valid boolean.")


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value.strip()) else value


def _parts(value: Any, info: ValidationInfo) -> Any:
    """Text is a list with commas in it, or a list in JSON; so is each text of a form. Of a list in JSON each text stays
    as it is, commas and all."""
    if isinstance(value, str):
        if value.startswith("["):
            return _parsed(value)
        return [part for part in map(str.strip, value.split(",")) if part]
    if info.context == FORM and isinstance(value, list):
        return [part for text in value for part in _listed(text, info)]
    return value


def _listed(text: Any, info: ValidationInfo) -> list[Any]:
    """A file among texts stays one, for what reads them to refuse."""
    found = _parts(text, info)
    return found if isinstance(found, list) else [found]


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return from_json(value, allow_inf_nan=False)
    except ValueError:
        raise PydanticCustomError("json_text", "Invalid JSON format") from None


def _nothing(value: object) -> object:
    return "" if value is None else value


def _blank(value: object) -> object:
    return None if value == "" else value


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "This field may not be blank.")
    return text.strip()


NOT_BLANK = AfterValidator(_not_blank)
"""Of a text: it has words, and no spaces around them."""
NOTHING = BeforeValidator(_nothing)
"""Of a text: null is one without words."""
BLANK = BeforeValidator(_blank)
"""Of what may be left out: what a form leaves empty was not given."""
Truth = Annotated[bool, BeforeValidator(truth), WithJsonSchema({"type": "boolean"})]
Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, as one or as text; `Annotated[Whole, Field(ge=1)]` where it has bounds."""
TextList = Annotated[list[Text], REPEATED, BeforeValidator(_parts)]
"""Texts: a JSON list, repeated in a form, or with commas between them."""
Uploads = Annotated[list[Upload], REPEATED]
JSON_TEXT: Final = BeforeValidator(_parsed)
"""`Annotated[Contact, JSON_TEXT]`: the object itself, or its JSON as text."""
