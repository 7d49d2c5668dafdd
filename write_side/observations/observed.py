"""What is stored of observations, for ever: UTF-8 JSON, a batch a row.

{"v": 1, "at": "2026-01-02T03:04:05.000006Z", "counts": [["product-viewed", 1007, 1003, 2], ...]}
"""

from enum import StrEnum
from typing import ClassVar

import msgspec
from eventsourcing.persistence import MapperDeserialisationError


class Kind(StrEnum):
    """Names for ever, like those of events."""

    PRODUCT_VIEWED = "product-viewed"
    PRODUCT_CLICKED = "product-clicked"
    CATEGORY_VISITED = "category-visited"
    DROPPED = "dropped"  # that many were counted by nobody, for Postgres was away; its subject is 0


class Count(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """So often was the subject (a product, a category) observed; by whom, if they were signed in. `kind` may be one
    that only a newer release knows."""

    kind: str
    subject: int
    person_id: int | None
    times: int


class Observed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one process counted until `at`, its clock when it wrote."""

    TOPIC: ClassVar[str] = "observed"

    v: int = 1
    at: str
    counts: tuple[Count, ...]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Observed).decode


def encode(observed: Observed) -> bytes:
    return _encode(observed)


def decode(_topic: str, state: bytes) -> tuple[Observed, Observed]:
    """The batch, and what says when it was written (itself). Raises MapperDeserialisationError for bytes that this
    release cannot read."""
    try:
        observed = _decode(state)
    except msgspec.MsgspecError as error:
        raise MapperDeserialisationError(f"observations cannot be read: {error!r}") from error
    if observed.v != 1:
        raise MapperDeserialisationError(f"observations of version {observed.v} are newer than this release knows")
    return observed, observed
