"""The contract's pages: {count, next, previous, results}, `page` from 1; a page past the end is 404."""

from collections.abc import Sequence
from typing import Any, TypeVar

from starlette.requests import Request

from api.store_v1.errors import Refused, invalid

SIZE = 20
LARGEST = 100
_DEEPEST = 1_000_000_000  # no list is that long, and a page times its size stays a small number

PAGE: dict[str, Any] = {"type": "integer", "minimum": 1, "default": 1}
PAGE_SIZE: dict[str, Any] = {"type": "integer", "minimum": 1, "default": SIZE, "description": "above 100 counts as 100"}

T = TypeVar("T")


def page_of(request: Request) -> int:
    """Raises Refused (404) for what is no page number."""
    text = request.query_params.get("page", "1")
    page = _whole(text)
    if page is None or page == 0:
        raise no_such_page()
    return page


def size_of(request: Request) -> int:
    """Raises Refused (400)."""
    text = request.query_params.get("page_size")
    if text is None:
        return SIZE
    size = _whole(text)
    if not size:
        raise invalid(page_size="Must be a whole number, 1 or more.")
    return min(size, LARGEST)


def links(request: Request, page: int, size: int, total: int) -> tuple[str | None, str | None]:
    """Absolute addresses of the next and the previous page, every other parameter kept. Raises
    Refused (404) for a page past the end; the first page of an empty list is not."""
    last = max(1, -(-total // size))
    if page > last:
        raise no_such_page()
    return (_link(request, page + 1) if page < last else None, _link(request, page - 1) if page > 1 else None)


def no_such_page() -> Refused:
    return Refused(404, "Invalid page", "not_found")


def cut(items: Sequence[T], page: int, size: int) -> Sequence[T]:
    """A page of what is in memory already."""
    return items[(page - 1) * size : page * size]


def _link(request: Request, page: int) -> str:
    return str(request.url.include_query_params(page=page))


def _whole(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        return None
    return min(int(text), _DEEPEST)
