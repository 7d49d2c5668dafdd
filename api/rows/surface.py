"""Runs a surface's rows: finds the row and its caller, reads the body, answers in the surface's shape."""

import contextlib
import re

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from api.auth import Callers
from api.parts import Parts
from api.recent import whereabouts
from api.rows.callers import RowCallers
from api.rows.dialect import Dialect, Options
from api.rows.reading import read
from api.rows.row import Call, Row, Rows, reply
from api.throttling_limits import TOLD, Limits
from api.tokens import Tokens
from read_side.errors import Unavailable
from write_side.messages import Actor

_ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class Metadata(msgspec.Struct):
    """What a path says of itself: its name, what it is for, the media types it answers with and takes."""

    name: str
    description: str
    renders: tuple[str, ...]
    parses: tuple[str, ...]


class Surface:
    """The rows as one ASGI application for the paths that the dialect owns.

    FastAPI's middleware and its walk through all routes cost more than a hot read itself does: a path
    without parameters is looked up, and a row answers its own errors.
    """

    def __init__(self, dialect: Dialect, rows: Rows, parts: Parts, tokens: Tokens, limits: Limits | None) -> None:
        self.dialect = dialect
        self.rows = rows.declared
        by_path: dict[str, dict[str, Row]] = {}
        for row in rows.declared:
            for path in (row.path, *row.spellings):
                by_path.setdefault(path, {})[row.method] = row
        policies = None if limits is None else dialect.rates(limits.rates)
        callers = RowCallers(Callers(parts, tokens, dialect.name), parts, limits, policies)
        runner = _Runner(callers, parts, limits, dialect)
        self._plain: dict[str, _Path] = {}
        self._patterns: list[tuple[re.Pattern[str], _Path]] = []
        for path, methods in by_path.items():
            pattern, _, parameters = compile_path(dialect.prefix + path)
            if parameters:
                self._patterns.append((pattern, _Path(runner, methods)))
            else:
                self._plain[dialect.prefix + path] = _Path(runner, methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        known = self._plain.get(path)
        if known is None:
            for pattern, candidate in self._patterns:
                if (match := pattern.match(path)) is not None:
                    scope["path_params"] = match.groupdict()
                    known = candidate
                    break
        if known is None:
            answer = self.dialect.errors.refuse(Request(scope), HTTPException(404))
            await answer(scope, receive, send)
        else:
            await known(scope, receive, send)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """The answer to an error before a row was reached, in the surface's shape."""
        return self.dialect.errors.refuse(request, error)


class _Runner:
    """Runs any row of one surface."""

    def __init__(self, callers: RowCallers, parts: Parts, limits: Limits | None, dialect: Dialect) -> None:
        self._callers = callers
        self._parts = parts
        self._limits = limits
        self._policies = None if limits is None else dialect.rates(limits.rates)
        self.dialect = dialect

    async def run(self, row: Row, request: Request) -> Response:
        # The caller first: whether a body fits or a thing exists is nobody's affair who is not signed in.
        actor = await self._callers.of(row, request)
        if self._limits is not None and self._policies is not None:
            await self._limits.admit(request.scope, self._policies, row.limit, actor.person_id)
        body = await read(request, row, row.body) if row.body is not None else None
        await self._see_own_writes(request, actor)
        return await row.run(Call(request, actor, body))

    async def _see_own_writes(self, request: Request, actor: Actor) -> None:
        """What the client did on the native surface, which does not wait, is there for the others. A model that is
        slow delays the answer, and never denies it."""
        unseen = self._parts.unseen
        if not unseen.latest or unseen.latest <= (seen := self._parts.reads.positions.documents.position):
            return
        wrote = unseen.of(actor.person_id, whereabouts(request))
        if wrote > seen:
            with contextlib.suppress(Unavailable):
                await self._parts.reads.positions.wait(wrote, self._parts.settings.see_own_writes)


class _Path:
    """All rows of one path, so that a wrong method is answered with all the right ones."""

    def __init__(self, runner: _Runner, methods: dict[str, Row]) -> None:
        self._runner = runner
        self._refuse = runner.dialect.errors.refuse
        self._rows = methods | ({"HEAD": methods["GET"]} if "GET" in methods else {})
        options = runner.dialect.options
        self._allow = ", ".join(sorted(methods))
        self._metadata: Metadata | None = None
        if options is not None:
            self._allow = ", ".join(method for method in _ORDER if method in self._rows or method == "OPTIONS")
            self._metadata = _metadata(options, methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            row = self._rows.get(scope["method"])
            if row is not None:
                response = await self._runner.run(row, request)
            elif self._metadata is not None and scope["method"] == "OPTIONS":
                response = reply(self._metadata)
                response.headers["Allow"] = self._allow
            else:
                raise HTTPException(405, headers={"Allow": self._allow})
        except Exception as error:
            response = self._refuse(request, error)
        response.raw_headers += scope.get(TOLD, ())
        await response(scope, receive, send)


def _metadata(options: Options, methods: dict[str, Row]) -> Metadata:
    first = next(iter(methods.values()))
    media = tuple(dict.fromkeys(medium for row in methods.values() if row.body for medium in row.media))
    name = first.run.__name__.replace("_", " ").capitalize()
    return Metadata(name, (first.run.__doc__ or "").strip(), options.renders, media or options.parses)
