"""Orders of a product search, and the cursors with which it is walked."""

import base64
import binascii
from enum import StrEnum
from typing import Any

import msgspec

from read_side.errors import UnknownCursor
from read_side.queries.filters import Clause, ProductFilter


class Sort(StrEnum):
    """`created_at` is the order of the log. Equal ones are ordered by id, so that pages neither
    repeat nor skip."""

    RELEVANCE = "relevance"
    PRICE = "price"
    PRICE_DOWN = "-price"
    CREATED = "created_at"
    CREATED_DOWN = "-created_at"
    NAME = "name"
    NAME_DOWN = "-name"


_FIELDS = {"price": "find.price", "created_at": "created", "name": "name.sort"}


def order(sort: Sort, asked: ProductFilter) -> list[Clause]:
    if sort is Sort.RELEVANCE:
        if asked.searched is not None:
            return [{"_score": "desc"}, {"product_id": "desc"}]
        sort = Sort.CREATED_DOWN
    direction = "desc" if sort.startswith("-") else "asc"
    return [{_FIELDS[sort.removeprefix("-")]: direction}, {"product_id": direction}]


def reverse(parts: list[Clause]) -> list[Clause]:
    turned = {"asc": "desc", "desc": "asc"}
    return [{field: turned[way] for field, way in part.items()} for part in parts]


def write_cursor(back: bool, values: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([back, *values])).decode().rstrip("=")


def read_cursor(cursor: str | None, length: int) -> tuple[bool, list[Any] | None]:
    if cursor is None:
        return False, None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        back, *values = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[Any])
    except (ValueError, binascii.Error) as error:
        raise UnknownCursor(cursor) from error
    if not isinstance(back, bool) or len(values) != length:
        raise UnknownCursor(cursor)
    return back, values
