"""What every request of every surface goes through: an id, a bound on its body, the position that a
query must have seen, and the position that a command reached."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.parts import Parts
from api.problems import own, problem
from read_side.errors import Unavailable

Handle = Callable[[Scope, Receive, Send], Awaitable[None]]


class Envelope:
    """Plain ASGI, outermost: cheap enough for every request."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._max_body = parts.settings.max_body_bytes

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
            receive = self._bounded(receive)
        elif not length.isdigit() or int(length) > self._max_body:
            receive = _refused  # each surface says so in its own shape, when it reads the body
        if wanted is not None and scope["method"] in ("GET", "HEAD"):
            refusal = await self._wait(scope, wanted)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _wait(self, scope: Scope, wanted: bytes) -> Any:
        """Waits until the models have seen the position; what to answer when they have not."""
        if not wanted.isdigit() or len(wanted) > 18:
            return problem(400, "invalid", "Storefold-Min-Position is a position: a whole number")
        scope["storefold.min-position"] = int(wanted)
        try:
            await self._parts.reads.positions.wait(int(wanted), self._parts.settings.min_position_wait)
        except Unavailable as error:
            return own("behind", str(error))
        return None

    def _bounded(self, receive: Receive) -> Receive:
        """A body of unannounced length is counted as it comes."""
        seen = 0

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_body:
                raise HTTPException(413)
            return message

        return counting

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


async def _refused() -> Message:
    raise HTTPException(413)
