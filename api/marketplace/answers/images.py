"""Pictures of products."""

from typing import Annotated, Literal

import msgspec


class Image(msgspec.Struct):
    """`image_key`: none for one that is not in our storage."""

    id: int
    image_key: str | None
    image_type: Literal["main", "gallery", "thumbnail"]
    order: int
    alt_text: str
    is_primary: bool
    url: str
    created_at: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
