"""What questions are asked with."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from write_side.identifiers import parse_id
from write_side.messages import Actor
from write_side.refusals import NotFound

LONGEST = 100  # items a page


class Paging(BaseModel):
    model_config = ConfigDict(extra="forbid")

    page: int = Field(default=1, ge=1, le=1_000_000)
    size: int = Field(default=20, ge=1, le=LONGEST)


def _id(value: object) -> int:
    # Whatever is no id names nothing that exists.
    try:
        return parse_id(value)
    except ValueError:
        raise NotFound from None


PathId = Annotated[int, BeforeValidator(_id), Path(), WithJsonSchema({"type": "integer", "minimum": 1})]


def person_of(who: Actor) -> int:
    """Of a signed-in actor."""
    assert who.person_id is not None
    return who.person_id
