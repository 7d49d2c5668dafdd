"""Runs the contract's rows: finds the caller, reads the body, answers in the contract's shape.

A row is a function with what OpenAPI says of it beside it, in one declaration.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from api.auth import Callers
from api.store_v1.bodies import Body
from api.store_v1.errors import refuse
from api.throttling_limits import TOLD, Limit, Limits
from write_side.messages import Actor
from write_side.refusals import Unauthenticated

SURFACE = "store"
"""The surface's name: in events' metadata, and of the refresh tokens that it issues."""

B = TypeVar("B")
_encode = msgspec.json.Encoder().encode


class Who(Enum):
    """How a row knows its caller."""

    ANYBODY = "a token is not looked at"
    VISITOR = "a token may be sent, and must be good then"
    SENDER = "signed in; the bus holds the token against the account"
    READER = "signed in; held against the account's document"
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


Run = Callable[[Call[Any]], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Row:
    """`answer` None: without a body. `errors`: the documented refusals beside 401 of signed-in rows.
    `query` and `headers`: schemas of the parameters by name. `takes`: the body of a row that reads it
    itself, for it is signed as it was sent."""

    method: str
    path: str
    run: Run
    who: Who
    answer: type[msgspec.Struct] | None
    status: int
    body: type[Body] | None
    errors: tuple[int, ...]
    query: dict[str, dict[str, Any]]
    also: dict[int, type[msgspec.Struct]]
    takes: type[Body] | None
    headers: dict[str, dict[str, Any]]
    limit: Limit


@dataclass(slots=True)
class Rows:
    """The surface's rows, in the order in which paths are matched."""

    callers: Callers
    limits: Limits | None = None
    declared: list[Row] = field(default_factory=list)

    def row(
        self,
        method: str,
        path: str,
        *,
        answer: type[msgspec.Struct] | None,
        who: Who,
        body: type[Body] | None = None,
        status: int = 200,
        errors: tuple[int, ...] = (),
        query: dict[str, dict[str, Any]] | None = None,
        also: dict[int, type[msgspec.Struct]] | None = None,
        takes: type[Body] | None = None,
        headers: dict[str, dict[str, Any]] | None = None,
        limit: Limit = "caller",
    ) -> Callable[[Run], Run]:
        """Declares the function as a row; its docstring is the row's summary."""

        def declare(run: Run) -> Run:
            row = Row(
                method,
                path,
                run,
                who,
                answer,
                status,
                body,
                errors,
                query or {},
                also or {},
                takes,
                headers or {},
                limit,
            )
            self.declared.append(row)
            return run

        return declare


class Store:
    """The rows as one ASGI application, for whole paths below `prefix`.

    FastAPI's middleware and its walk through all routes cost more than a hot read itself does: a path
    without parameters is looked up, and a row answers its own errors.
    """

    def __init__(self, rows: Rows, prefix: str) -> None:
        self.prefix = prefix
        self.rows = rows.declared
        by_path: dict[str, dict[str, Row]] = {}
        for row in rows.declared:
            by_path.setdefault(row.path, {})[row.method] = row
        self._plain: dict[str, _Path] = {}
        self._patterns: list[tuple[re.Pattern[str], _Path]] = []
        for path, methods in by_path.items():
            pattern, _, parameters = compile_path(prefix + path)
            if parameters:
                self._patterns.append((pattern, _Path(rows, methods)))
            else:
                self._plain[prefix + path] = _Path(rows, methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        known = self._plain.get(path)
        if known is None:
            for pattern, candidate in self._patterns:
                if (match := pattern.match(path)) is not None:
                    scope["path_params"] = match.groupdict()
                    known = candidate
                    break
        await (known or _no_such_path)(scope, receive, send)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """The answer to an error before a row was reached, in the contract's shape."""
        return refuse(request, error)


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    await refuse(Request(scope), HTTPException(404))(scope, receive, send)


class _Path:
    """All rows of one path, so that a wrong method is answered with all the right ones."""

    def __init__(self, rows: Rows, methods: dict[str, Row]) -> None:
        self._callers = rows.callers
        self._limits = rows.limits
        self._rows = methods | ({"HEAD": methods["GET"]} if "GET" in methods else {})
        self._allow = ", ".join(sorted(methods))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            row = self._rows.get(scope["method"])
            if row is None:
                raise HTTPException(405, headers={"Allow": self._allow})
            response = await self._run(row, request)
        except Exception as error:
            response = refuse(request, error)
        response.raw_headers += scope.get(TOLD, ())
        await response(scope, receive, send)

    async def _run(self, row: Row, request: Request) -> Response:
        # The caller first: whether a body fits or a thing exists is nobody's affair who is not signed in.
        actor = await self._caller(row.who, request)
        if self._limits is not None:
            await self._limits.admit(request.scope, row.limit, actor.person_id)
        body = await _read(request, row.body) if row.body is not None else None
        return await row.run(Call(request, actor, body))

    async def _caller(self, who: Who, request: Request) -> Actor:
        nobody = Actor(surface=SURFACE, request=request.scope.get("storefold.request"))
        if who is Who.ANYBODY:
            return nobody
        if who is Who.READER:
            return await self._callers.signed_in(request)
        if who is Who.STAFF:
            return await self._callers.admin(request)
        if who is Who.VISITOR:
            return await self._callers.optional(request) or nobody
        actor = self._callers.actor(request)
        if actor.person_id is None:
            raise Unauthenticated
        return actor


async def _read(request: Request, body: type[Body]) -> Body:
    raw = await request.body()
    if raw and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415)
    return body.model_validate_json(raw or b"{}")


def reply(body: msgspec.Struct, status: int = 200) -> Response:
    """An answer as JSON."""
    return Response(_encode(body), status, media_type="application/json")
