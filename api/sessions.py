"""Logins of a surface whose refresh tokens rotate: what its rows and its cookies are made of.

In: who somebody is, or the refresh token that they present. Out: an access token and the next refresh token. Beginning
and ending a session are commands, so that they are committed when the answer leaves; a rotation is one statement.
"""

import asyncio
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from api.parts import Parts
from api.tokens import InvalidToken, Tokens
from write_side.messages import Actor, Command
from write_side.policies import SESSIONS
from write_side.refusals import Unauthenticated
from write_side.secrets.refresh_tokens import Reused, Successor, digest, new_token_id
from write_side.secrets.sign_in import Identity
from write_side.session.commands import BeginSession, EndSession
from write_side.session.decide import SessionIsOver

Method = Literal["password", "google", "link"]


@dataclass(frozen=True, slots=True)
class Session:
    """Both tokens as a client gets them; `remember`: whether its cookies outlast the browser."""

    access: str
    refresh: str
    refresh_seconds: int
    remember: bool


class Sessions:
    """Of one surface, whose policy says how long tokens live. Raises what the bus and Postgres raise."""

    def __init__(self, parts: Parts, tokens: Tokens, surface: Literal["martaff"]) -> None:
        self._parts = parts
        self._tokens = tokens
        self._surface: Literal["martaff"] = surface
        self._policy = SESSIONS[surface]

    async def log_in(self, request: Request, email: str, password: str, remember: bool) -> Session | None:
        """None for an unknown e-mail, a wrong password or an inactive account."""
        identity = await asyncio.to_thread(self._parts.sign_in.with_password, email, password)
        return await self._begin(request, identity, "password", remember)

    async def let_in(self, request: Request, person_id: int, method: Method) -> Session | None:
        """For somebody whom no password was asked of. None for an inactive account."""
        identity = await asyncio.to_thread(self._parts.sign_in.identity, person_id)
        return await self._begin(request, identity, method, remember=False)

    async def refresh(self, request: Request, presented: str, remember: bool | None) -> Session | None:
        """The next tokens for a refresh token, which is good no more; None for one that is none, or was good once.
        Who presents one long after it was rotated ends its session."""
        try:
            person_id, token_id = self._tokens.read_refresh(presented)
        except InvalidToken:
            return None
        identity = await asyncio.to_thread(self._parts.sign_in.identity, person_id)
        if identity is None:
            return None
        short, long = self._policy.refresh, self._policy.remembered_refresh
        rotate = self._parts.refresh_tokens.rotate
        found = await asyncio.to_thread(rotate, token_id, person_id, self._surface, short, long, remember)
        if isinstance(found, Reused):
            await self._end(request, found.session_id, "token-reused")
        if not isinstance(found, Successor):
            return None
        position = await asyncio.to_thread(self._parts.log.head)
        # Who does not ask to be remembered again gets an access token for minutes.
        return self._session(identity, found.token_id, position, remember is True, found.remember)

    async def end(self, request: Request, presented: str) -> bool:
        """Ends the session of a refresh token that is good; False for any other."""
        try:
            _, token_id = self._tokens.read_refresh(presented)
        except InvalidToken:
            return False
        found = await asyncio.to_thread(self._parts.refresh_tokens.find, token_id, self._surface)
        return found is not None and await self._end(request, found.family, "signed-out")

    async def _begin(
        self, request: Request, identity: Identity | None, method: Method, remember: bool
    ) -> Session | None:
        if identity is None:
            return None
        token_id = new_token_id()
        begin = BeginSession(
            person_id=identity.person_id,
            surface=self._surface,
            method=method,
            token_hash=digest(token_id).hex(),
            remember=remember,
        )
        try:
            position = await self._send(request, begin)
        except Unauthenticated:
            return None  # shut out a moment ago
        return self._session(identity, token_id, position, remember, remember)

    def _session(self, identity: Identity, token_id: str, position: int, long_access: bool, remember: bool) -> Session:
        seconds = self._policy.refresh_seconds(remember)
        access_seconds = self._policy.access_seconds(long_access)
        return Session(
            access=self._tokens.access(identity.person_id, identity.roles, position, access_seconds),
            refresh=self._tokens.refresh(identity.person_id, token_id, seconds),
            refresh_seconds=seconds,
            remember=remember,
        )

    async def _end(self, request: Request, session_id: int, reason: Literal["signed-out", "token-reused"]) -> bool:
        try:
            await self._send(request, EndSession(session_id=session_id, reason=reason))
        except SessionIsOver:
            return False
        return True

    async def _send(self, request: Request, command: Command) -> int:
        """Past the gateway: an Idempotency-Key would keep the answer, and there are two new tokens in each."""
        actor = Actor(service="sessions", surface=self._surface, request=request.scope.get("storefold.request"))
        return (await self._parts.bus.send(command, actor)).position
