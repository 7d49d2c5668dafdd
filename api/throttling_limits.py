"""Lets a request in, or not: the policy and the client of each, and what becomes of it when nobody can count."""

import logging
from typing import Final, Literal

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.parts import Parts
from api.problems import throttled
from api.throttling import Counters, Policies, Policy, Rates, TooMany
from api.throttling_clients import Addresses
from api.tokens import InvalidToken, Tokens
from read_side.errors import Unavailable

log = logging.getLogger(__name__)

Limit = Literal["caller", "login", "register", "none"]
"""What a route counts: its callers (the person, else the address), or tries from an address; or nothing."""
TOLD: Final = "storefold.limit"
"""Key of a request's scope: the headers that tell its client how often it may still ask."""


class Limits:
    """Those of one API process; None where they are off, see `of`."""

    def __init__(self, parts: Parts, rates: Rates) -> None:
        self.rates = rates
        self._parts = parts
        self._counters = Counters(parts.settings.redis_url, parts.settings.secret_key)
        self._addresses = Addresses(parts.settings.trusted_proxies)

    @classmethod
    def of(cls, parts: Parts) -> "Limits | None":
        rates = parts.settings.rates
        return cls(parts, rates) if rates is not None else None

    def close(self) -> None:
        """Gives back the connections to the counters."""
        self._counters.close()

    async def admit(self, scope: Scope, policies: Policies, limit: Limit, person_id: int | None) -> None:
        """Counts a request to a surface that has these policies. Raises TooMany, or Unavailable."""
        if limit == "login":
            await self._take(scope, policies.login, None)
        elif limit == "register":
            await self._take(scope, policies.register, None)
        elif limit == "caller":
            await self._take(scope, policies.anonymous if person_id is None else policies.user, person_id)

    async def admit_native(self, scope: Scope, person_id: int | None) -> None:
        """Counts a request to the native surface. Raises TooMany, or Unavailable."""
        if scope["path"] == "/auth/token":
            await self._take(scope, self.rates.native_login, None)
        else:
            policy = self.rates.native_anonymous if person_id is None else self.rates.native_user
            await self._take(scope, policy, person_id)

    async def _take(self, scope: Scope, policy: Policy, person_id: int | None) -> None:
        client = f"person {person_id}" if person_id is not None else self._addresses.of(scope)
        try:
            if not self._parts.reads.positions.alive:  # known without asking, and without waiting for no answer
                raise Unavailable("Redis is away")
            verdict = await self._counters.take(policy, client)
        except Unavailable:
            if policy.guards:
                raise
            return
        scope[TOLD] = verdict.headers()
        if not verdict.allowed:
            raise TooMany(verdict)


class LimitedNative:
    """The native surface's limits, around it: its routes are FastAPI's, and know nothing of them."""

    def __init__(self, app: ASGIApp, limits: Limits, tokens: Tokens) -> None:
        self._app = app
        self._limits = limits
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(("/commands/", "/queries/", "/auth/")):
            await self._app(scope, receive, send)
            return

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *scope.get(TOLD, ())]
            await send(message)

        try:
            await self._limits.admit_native(scope, self._person(scope))
        except (TooMany, Unavailable) as error:
            await throttled(Request(scope), error)(scope, receive, telling)
        else:
            await self._app(scope, receive, telling)

    def _person(self, scope: Scope) -> int | None:
        """Whose token it is; a bad one is nobody's, and the route says so."""
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _, token = value.decode("latin-1").partition(" ")
                if scheme.lower() == "bearer":
                    try:
                        return self._tokens.read_access(token.strip()).person_id
                    except InvalidToken:
                        return None
        return None
