"""Pages of lists: `page` from 1 and `page_size`, in an envelope {count, next, previous, results}; or a bare array."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.rows.errors import invalid

_DEEPEST: Final = 1_000_000_000  # no list is that long, and a page times its size stays a small number

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class NoSuchPage(Exception):
    """No page number, or a page past the end."""


class Page(msgspec.Struct, Generic[T]):
    """The envelope, of surfaces that give theirs no name of their own."""

    count: int
    next: str | None
    previous: str | None
    results: list[T]


class Found(Protocol[T_co]):
    """What a query answers: one page, and how long the whole list is."""

    @property
    def items(self) -> Sequence[T_co]: ...
    @property
    def total(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that a request wants. `bare`: an array, for it named none."""

    request: Request
    page: int
    size: int
    bare: bool

    @property
    def stretch(self) -> tuple[int, int]:
        """Page and size, as the queries take them."""
        return self.page, self.size

    def cut(self, items: Sequence[T]) -> Sequence[T]:
        """The page, of what is in memory already."""
        return items[(self.page - 1) * self.size : self.page * self.size]

    def answer(self, found: Found[T], show: Callable[[T], Any], envelope: Callable[..., Any] = Page) -> Response:
        """Raises NoSuchPage for a page past the end; the first page of an empty list is not."""
        return self.answer_items(found.total, found.items, show, envelope)

    def answer_items(
        self, total: int, items: Sequence[T], show: Callable[[T], Any], envelope: Callable[..., Any] = Page
    ) -> Response:
        """As `answer`; `items` are the page's."""
        if self.bare:
            whole = answer(self.request, [show(item) for item in items])
            whole.headers["X-Total-Count"] = str(total)
            return whole
        after, before = self._links(total)
        return answer(self.request, envelope(total, after, before, [show(item) for item in items]))

    def _links(self, total: int) -> tuple[str | None, str | None]:
        """Absolute addresses of the next and the previous page, every other parameter kept."""
        last = max(1, -(-total // self.size))
        if self.page > last:
            raise NoSuchPage
        return (
            self._link(self.page + 1) if self.page < last else None,
            self._link(self.page - 1) if self.page > 1 else None,
        )

    def _link(self, page: int) -> str:
        return str(self.request.url.include_query_params(page=page))


@dataclass(frozen=True, slots=True)
class Paging:
    """A contract's pages. `ceiling`: without `page` and `page_size` a list is a bare array of so many at most.
    `lenient`: a size that is none counts as if none was sent."""

    size: int = 20
    largest: int = 100
    ceiling: int | None = None
    lenient: bool = False

    @property
    def query(self) -> dict[str, dict[str, Any]]:
        """The parameters, for the document."""
        about = f"above {self.largest} counts as {self.largest}"
        return {
            "page": {"type": "integer", "minimum": 1, "default": 1},
            "page_size": {"type": "integer", "minimum": 1, "default": self.size, "description": about},
        }

    def asked(self, request: Request) -> Asked:
        """Raises NoSuchPage for what is no page number, and (unless lenient) BadFields for what is no size."""
        page, size = request.query_params.get("page"), request.query_params.get("page_size")
        if self.ceiling is not None and page is None and size is None:
            return Asked(request, 1, self.ceiling, True)
        number = 1 if page is None else _whole(page)
        if not number:
            raise NoSuchPage
        wanted = self.size if size is None else _whole(size)
        if not wanted:
            if not self.lenient:
                raise invalid(page_size="Must be a whole number, 1 or more.")
            wanted = self.size
        return Asked(request, number, min(wanted, self.largest), False)


def _whole(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        return None
    return min(int(text), _DEEPEST)
