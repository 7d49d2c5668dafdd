"""A row of a contract: a function with what the OpenAPI document says of it beside it, in one declaration."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.rows.body import JSON, Body
from api.throttling_limits import Limit
from write_side.messages import Actor

B = TypeVar("B")
Schemas = dict[str, dict[str, Any]]
"""JSON schemas by name."""
_encode = msgspec.json.Encoder().encode


class Who(Enum):
    """How a row knows its caller."""

    ANYBODY = "a token is not looked at"
    VISITOR = "a token may be sent, and must be good then"
    GUEST = "a token may be sent; one that is no good is nobody's"
    SENDER = "signed in; the bus holds the token against the account"
    READER = "signed in; held against the account's document"
    SELLER = "a seller or an administrator; held against the account's document, and by the bus again"
    STAFF = "an administrator; held against the account's document, and by the bus again"


@dataclass(slots=True)
class Call(Generic[B]):
    """One request to a row. `actor` is anonymous where nobody is signed in."""

    request: Request
    actor: Actor
    body: B

    @property
    def person_id(self) -> int:
        """Of rows for people who are signed in."""
        assert self.actor.person_id is not None
        return self.actor.person_id

    @property
    def origin(self) -> str:
        """Where the client found us, for addresses of what we serve ourselves."""
        return f"{self.request.url.scheme}://{self.request.url.netloc}"


Run = Callable[[Call[Any]], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. What its fields mean, `Rows.row` says."""

    method: str
    path: str
    run: Run
    who: Who
    answer: Any
    status: int
    body: type[Body] | None
    errors: tuple[int, ...]
    query: Schemas
    also: dict[int, Any]
    takes: type[Body] | None
    headers: Schemas
    cookies: Schemas
    gives: Schemas
    limit: Limit
    media: tuple[str, ...]
    largest: int | None
    basic: bool
    spellings: tuple[str, ...]
    page: bool

    @property
    def shapes(self) -> tuple[Any, ...]:
        """The types of what it answers when all goes well."""
        if self.answer is None:
            return ()
        return self.answer if isinstance(self.answer, tuple) else (self.answer,)


@dataclass(slots=True)
class Rows:
    """A surface's rows, in the order in which paths are matched."""

    declared: list[Row] = field(default_factory=list)

    def row(
        self,
        method: str,
        path: str,
        *,
        answer: Any,
        who: Who,
        body: type[Body] | None = None,
        status: int = 200,
        errors: tuple[int, ...] = (),
        query: Schemas | None = None,
        also: dict[int, Any] | None = None,
        takes: type[Body] | None = None,
        headers: Schemas | None = None,
        cookies: Schemas | None = None,
        gives: Schemas | None = None,
        limit: Limit = "caller",
        media: tuple[str, ...] = (JSON,),
        largest: int | None = None,
        basic: bool = False,
        spellings: tuple[str, ...] = (),
        page: bool = False,
    ) -> Callable[[Run], Run]:
        """Declares the function as a row; its docstring is the row's summary.

        `answer`: the type of what is answered, several in a tuple; None: without a body. `also`: types under other
        statuses. `errors`: the documented refusals beside those that every row has. `query`, `headers`, `cookies`:
        schemas of the parameters by name, `gives` of the answer's headers. `body`: read before the row runs, as any of
        `media`, of at most `largest` bytes (None: as the whole API has it). `takes`: the body of a row that reads it
        itself, for it is signed as it was sent. `basic`: e-mail and password may be sent (HTTP Basic) instead of a
        token. `spellings`: other paths of the same row. `page`: HTML for people, where there is no `answer`.
        """

        def declare(run: Run) -> Run:
            self.declared.append(
                Row(
                    method=method,
                    path=path,
                    run=run,
                    who=who,
                    answer=answer,
                    status=status,
                    body=body,
                    errors=errors,
                    query=query or {},
                    also=also or {},
                    takes=takes,
                    headers=headers or {},
                    cookies=cookies or {},
                    gives=gives or {},
                    limit=limit,
                    media=media,
                    largest=largest,
                    basic=basic,
                    spellings=spellings,
                    page=page,
                )
            )
            return run

        return declare


def reply(body: Any, status: int = 200) -> Response:
    """An answer as JSON."""
    return Response(_encode(body), status, media_type="application/json")
