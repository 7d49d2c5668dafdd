"""What bodies are made of: the base of all, and files. Fields that a contract does not name are ignored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, field_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
ANY: Final = (JSON, FORM, MULTIPART)

LARGEST_FILE: Final = 5 * 1024 * 1024  # bytes


class Repeated:
    """In a field's annotation: a form may send it several times, and each value counts."""


REPEATED: Final = Repeated()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent. `name` and `kind` (its media type) are the client's claims: what it is, its content says.
    None is empty, none is larger than `LARGEST_FILE`."""

    content: bytes
    name: str
    kind: str

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_file)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "format": "binary"}


def _file(value: object) -> Upload:
    if not isinstance(value, Upload):
        raise PydanticCustomError("no_file", "The submitted data was not a file. Check the encoding type on the form.")
    if not value.content:
        raise PydanticCustomError("empty_file", "The submitted file is empty.")
    if len(value.content) > LARGEST_FILE:
        raise PydanticCustomError("large_file", "The file is too large: it may have 5 MB.")
    return value


class Body(BaseModel):
    """What a client may send to a row. In a form each field is text or a file: of one that is sent again the last value
    counts, unless it is `REPEATED`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise PydanticCustomError("nul", "Null characters are not allowed.")
        return value

    @classmethod
    def of_form(cls, sent: Mapping[str, Sequence[str | Upload]]) -> Self:
        """Raises pydantic's ValidationError."""
        fields = cls.model_fields
        return cls.model_validate(
            {
                name: list(values) if REPEATED in fields[name].metadata else values[-1]
                for name, values in sent.items()
                if name in fields
            },
            context=FORM,
        )
