"""How every surface sends a command, and sees it in the read models afterwards."""

from starlette.requests import Request

from api.parts import Parts
from api.recent import whereabouts
from read_side.errors import Unavailable as ReadsUnavailable
from write_side.batch import Accepted
from write_side.bus import IdempotencyKey
from write_side.messages import Actor, Command
from write_side.refusals import Invalid, Unavailable

_LONGEST_KEY = 255


class RedisAway(Unavailable):
    """Commands are refused while nobody could see what they did; nothing was done."""

    type = "read-models-away"
    title = "The read models are away; nothing was done, try again"


class Gateway:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def send(self, request: Request, command: Command, actor: Actor, *, scope: str = "") -> Accepted:
        """Carries out the command; its position goes into the response's `Storefold-Position`.

        `scope` tells apart commands that one request sends under one Idempotency-Key. Raises the
        refusal.
        """
        return await self._send(request, command, actor, scope, unseen=True)

    async def _send(
        self, request: Request, command: Command, actor: Actor, scope: str, *, unseen: bool = False
    ) -> Accepted:
        if not self._parts.reads.positions.alive:
            raise RedisAway
        accepted = await self._parts.bus.send(command, actor, _key(request, actor, scope))
        here = whereabouts(request)
        self._parts.recent.wrote(accepted.position, actor.person_id, here)
        if unseen:
            self._parts.unseen.wrote(accepted.position, actor.person_id, here)
        seen = request.scope.get("storefold.position", 0)
        request.scope["storefold.position"] = max(seen, accepted.position)
        return accepted

    async def send_and_see(self, request: Request, command: Command, actor: Actor, *, scope: str = "") -> Accepted:
        """As `send`, and waits until a query would see it, so that clients who know nothing of CQRS
        read their own writes. A model that is slow delays the answer, and never denies it:
        `Prefer: respond-async` opts out."""
        accepted = await self._send(request, command, actor, scope)
        if not _asynchronously(request):
            try:
                await self._parts.reads.positions.wait(accepted.position, self._parts.settings.see_own_writes)
            except ReadsUnavailable:
                request.scope["storefold.behind"] = True
        return accepted


def _asynchronously(request: Request) -> bool:
    """RFC 7240: preferences are a list, and may have parameters."""
    preferred = ",".join(request.headers.getlist("prefer")).split(",")
    return any(one.partition(";")[0].strip().lower() == "respond-async" for one in preferred)


def _key(request: Request, actor: Actor, scope: str) -> IdempotencyKey | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    key = key.strip().strip('"')  # the draft writes it as a quoted string
    if not key or len(key) > _LONGEST_KEY:
        raise Invalid(f"an Idempotency-Key has 1 to {_LONGEST_KEY} characters", field="Idempotency-Key")
    principal = actor.person_id if actor.person_id is not None else "anonymous"
    return IdempotencyKey(f"{principal} {request.method} {request.url.path} {scope}", key)
