"""Who calls a row: by token, or by e-mail and password where the row takes them."""

import asyncio
import base64

from starlette.requests import Request

from api.auth import BadCredentials, BadToken, Callers, only_admins, only_sellers
from api.parts import Parts
from api.rows.row import Row, Who
from api.throttling import Policies
from api.throttling_limits import Limits
from write_side.messages import Actor
from write_side.refusals import Unauthenticated

_LONGEST = 1400  # bytes: of an e-mail address and a password


class RowCallers:
    """Finds callers for one surface."""

    def __init__(self, callers: Callers, parts: Parts, limits: Limits | None, policies: Policies | None) -> None:
        self._callers = callers
        self._parts = parts
        self._limits = limits
        self._policies = policies

    async def of(self, row: Row, request: Request) -> Actor:
        """Anonymous where nobody has to be signed in and nobody is. Raises Unauthenticated, BadToken, Forbidden; of
        passwords that are tried too often TooMany."""
        who = row.who
        if who is Who.ANYBODY:
            return self._callers.nobody(request)
        if row.basic and (sent := _credentials(request)) is not None:
            return _allowed(who, await self._by_password(request, *sent))
        if who is Who.READER:
            return await self._callers.signed_in(request)
        if who is Who.SELLER:
            return await self._callers.seller(request)
        if who is Who.STAFF:
            return await self._callers.admin(request)
        if who is Who.VISITOR:
            return await self._callers.optional(request) or self._callers.nobody(request)
        if who is Who.GUEST:
            return await self._guest(request)
        actor = self._callers.actor(request)
        if actor.person_id is None:
            raise Unauthenticated
        return actor

    async def _guest(self, request: Request) -> Actor:
        try:
            return await self._callers.optional(request) or self._callers.nobody(request)
        except BadToken:
            return self._callers.nobody(request)

    async def _by_password(self, request: Request, email: str, password: str) -> Actor:
        """The write side's answer, of this moment. Tries are counted as logins are."""
        if self._limits is not None and self._policies is not None:
            await self._limits.admit(request.scope, self._policies, "login", None)
        identity = await asyncio.to_thread(self._parts.sign_in.with_password, email, password)
        if identity is None:
            raise BadCredentials("Invalid username/password.")
        return self._callers.person(request, identity.person_id, identity.roles)


def _allowed(who: Who, actor: Actor) -> Actor:
    if who is Who.SELLER:
        only_sellers(actor)
    if who is Who.STAFF:
        only_admins(actor)
    return actor


def _credentials(request: Request) -> tuple[str, str] | None:
    """None without a Basic header. Raises BadToken for one that is not readable."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        email, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError as error:
        raise BadToken from error
    if not colon or len(encoded) > 2 * _LONGEST:
        raise BadToken
    return email, password
