"""Reviews."""

from typing import Annotated

from msgspec import Meta, Struct

Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class Review(Struct):
    """`product`, `user`: their ids."""

    id: int
    product: int
    user: int
    rating: int
    comment: str
    created_at: Moment
