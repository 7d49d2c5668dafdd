"""What every request of every surface goes through: an id, a bound on its body, the position that a
query must have seen, and the position that a command reached."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.parts import Parts
from read_side.errors import Unavailable
from write_side.refusals import Invalid

Refuse = Callable[[Request, Exception], Awaitable[Response]]
"""How a surface says no, in its own shape."""

LARGEST: Final = "storefold.largest-body"
"""Key of a request's scope: how many bytes its body may have, where that is not what the settings say."""
_NO_POSITION: Final = "Storefold-Min-Position is a position: a whole number"
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DRAINED: Final = 16 * 1024 * 1024  # bytes of a body that is refused for its length
_DRAIN_SECONDS: Final = 2.0


class Envelope:
    """Plain ASGI, outermost: cheap enough for every request."""

    def __init__(self, app: ASGIApp, parts: Parts, refuse: Refuse, below: Mapping[str, Refuse]) -> None:
        """`below`: surfaces with a shape of their own, by what their paths begin with."""
        self._app = app
        self._refuse = refuse
        self._below = below
        self._parts = parts
        self._max_body = parts.settings.max_body_bytes
        self._body_seconds = parts.settings.body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["storefold.request"] = secrets.token_hex(8)
        send = self._with_headers(scope, send)
        length = wanted = None
        for name, value in scope["headers"]:
            if name == b"content-length":
                length = value
            elif name == b"storefold-min-position":
                wanted = value
        if length is None:
            receive = self._counted(scope, receive)
        elif not length.isdigit() or len(length) > 18 or int(length) > self._max_body:
            # Each surface says so in its own shape, when it reads the body; a route that takes files takes more.
            receive = self._announced(scope, receive, length)
        if scope["method"] not in _BODILESS:
            receive = self._timely(receive)
        if wanted is not None and scope["method"] in ("GET", "HEAD"):
            try:
                await self._wait(scope, wanted)
            except (Invalid, Unavailable) as refusal:
                answer = await self._say(Request(scope), refusal)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _wait(self, scope: Scope, wanted: bytes) -> None:
        """Returns when the models have seen the position. Raises Invalid for what is none, Unavailable
        when it takes too long."""
        if not wanted.isdigit() or len(wanted) > 18:
            raise Invalid(_NO_POSITION, field="Storefold-Min-Position")
        scope["storefold.min-position"] = int(wanted)
        await self._parts.reads.positions.wait(int(wanted), self._parts.settings.min_position_wait)

    async def _say(self, request: Request, refusal: Exception) -> Response:
        path = request.url.path
        refuse = next((refuse for start, refuse in self._below.items() if path.startswith(start)), self._refuse)
        return await refuse(request, refusal)

    def _announced(self, scope: Scope, receive: Receive, length: bytes) -> Receive:
        """A body that is too large by its own account is not taken."""

        async def refusing() -> Message:
            if not length.isdigit() or len(length) > 18 or int(length) > scope.get(LARGEST, self._max_body):
                await _drain(receive)
                raise HTTPException(413)
            return await receive()

        return refusing

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        """A body of unannounced length is counted as it comes."""
        seen = 0

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > scope.get(LARGEST, self._max_body):
                if message.get("more_body", False):
                    await _drain(receive)
                raise HTTPException(413)
            return message

        return counting

    def _timely(self, receive: Receive) -> Receive:
        """Who sends a body sends it in time: a connection that trickles holds a place for nothing."""
        deadline = asyncio.get_running_loop().time() + self._body_seconds
        whole = False

        async def timely() -> Message:
            nonlocal whole
            if whole:  # from here on it is only asked whether the client is still there
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            whole = not message.get("more_body", False)
            return message

        return timely

    @staticmethod
    def _with_headers(scope: Scope, send: Send) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                headers.append((b"x-request-id", scope["storefold.request"].encode()))
                position = scope.get("storefold.position")
                if position is not None:
                    headers.append((b"storefold-position", str(position).encode()))
            await send(message)

        return with_headers


async def _drain(receive: Receive) -> None:
    """Takes what a client is still sending, within bounds: one that is cut off in the middle of its body never gets to
    read why."""
    taken = 0
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while taken < _DRAINED:
                message = await receive()
                taken += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return
