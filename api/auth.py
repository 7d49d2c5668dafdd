"""Who calls. For commands the bus holds the token against the account itself; for queries this does,
against the account's document: a deactivated person is nobody and a lost role is lost, at once."""

from starlette.requests import Request

from api.parts import Parts
from api.tokens import AccessToken, InvalidToken, Tokens
from read_side.errors import Behind, NotBuilt
from read_side.queries.orders import Viewer
from write_side.messages import Actor
from write_side.refusals import Forbidden, Unauthenticated


class BadToken(Unauthenticated):
    """There is a token, and it is no good."""

    type = "invalid-token"
    title = "The token is invalid or expired"


class BadCredentials(BadToken):
    """An e-mail address and a password were sent instead of a token, and are no good."""

    title = "The e-mail address or the password is wrong"


class Callers:
    """Reads callers from requests, for one surface."""

    def __init__(self, parts: Parts, tokens: Tokens, surface: str) -> None:
        self._parts = parts
        self._tokens = tokens
        self._surface = surface

    def actor(self, request: Request) -> Actor:
        """The sender of a command; without a token an anonymous one. Raises BadToken."""
        token = self._token(request)
        return self.nobody(request) if token is None else self.person(request, token.person_id, token.roles)

    def nobody(self, request: Request) -> Actor:
        """Somebody who is not signed in."""
        return Actor(surface=self._surface, request=request.scope.get("storefold.request"))

    def person(self, request: Request, person_id: int, roles: frozenset[str]) -> Actor:
        """Somebody whom the surface knows."""
        request_id = request.scope.get("storefold.request")
        return Actor(person_id=person_id, roles=roles, surface=self._surface, request=request_id)

    async def optional(self, request: Request) -> Actor | None:
        """The caller of a query, or None without a token. Raises BadToken, also for a person who was
        shut out since."""
        token = self._token(request)
        if token is None:
            return None
        account = await self._parts.reads.accounts.by_id(token.person_id)
        if account is None:
            await self._wait_for(token.position)
            account = await self._parts.reads.accounts.by_id(token.person_id)
        if account is None or not account.active:
            raise BadToken("the account is not active")
        return self.person(request, token.person_id, token.roles & frozenset(account.roles))

    async def signed_in(self, request: Request) -> Actor:
        """Raises Unauthenticated without a token."""
        actor = await self.optional(request)
        if actor is None:
            raise Unauthenticated
        return actor

    async def seller(self, request: Request) -> Actor:
        return only_sellers(await self.signed_in(request))

    async def admin(self, request: Request) -> Actor:
        return only_admins(await self.signed_in(request))

    def _token(self, request: Request) -> AccessToken | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise BadToken("only Bearer tokens are understood")
        try:
            return self._tokens.read_access(token.strip())
        except InvalidToken as error:
            raise BadToken from error

    async def _wait_for(self, position: int) -> None:
        try:
            await self._parts.reads.positions.wait(position, self._parts.settings.see_own_writes)
        except Behind as error:
            # Revocation fails closed: who cannot be looked up is not let in.
            raise NotBuilt("the account models are behind") from error


def only_sellers(actor: Actor) -> Actor:
    """Administrators count as sellers. Raises Forbidden."""
    if not actor.is_seller:
        raise Forbidden("only sellers and administrators may see this")
    return actor


def only_admins(actor: Actor) -> Actor:
    """Raises Forbidden."""
    if not actor.is_admin:
        raise Forbidden("only administrators may see this")
    return actor


def viewer_of(who: Actor, *, whole: bool = False) -> Viewer:
    """Somebody who is signed in, as the read side decides who sees what of an order. `whole`: sellers of a line see all
    of its lines."""
    assert who.person_id is not None
    return Viewer(who.person_id, sells=who.is_seller, admin=who.is_admin, whole=whole)
