"""What surfaces' searches share: bounds of prices as they are sent, and seeing what one has just written."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any, Final

from starlette.requests import Request

from api.parts import Parts
from api.recent import whereabouts
from api.rows.errors import invalid
from api.rows.row import Call
from read_side.errors import Behind

_HIGHEST: Final = Decimal(10**15)  # no price comes near
DECIMAL: Final[dict[str, Any]] = {"type": "string", "pattern": r"^-?\d{1,12}(\.\d+)?$"}
"""The schema of a bound."""


def least(request: Request, name: str) -> int | None:
    """The parameter in minor units, inclusive; a bound between two cents lies at the one that it lets through.
    Raises BadFields for what is no number."""
    return _bound(request, name, ROUND_CEILING)


def most(request: Request, name: str) -> int | None:
    """As `least`, from above."""
    return _bound(request, name, ROUND_FLOOR)


def _bound(request: Request, name: str, rounding: str) -> int | None:
    text = request.query_params.get(name) or None
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise invalid(**{name: "Must be a number."}) from None
    if not amount.is_finite():
        raise invalid(**{name: "Must be a number."})
    clamped = max(-_HIGHEST, min(_HIGHEST, amount))
    return int((clamped * 100).to_integral_value(rounding))


def text_of(request: Request, name: str) -> str | None:
    """The parameter without spaces around it; None when there is nothing else. Raises BadFields for a NUL."""
    text = request.query_params.get(name, "")
    if "\x00" in text:
        raise invalid(**{name: "Null characters are not allowed."})
    return text.strip() or None


async def see_own_writes(parts: Parts, call: Call[Any]) -> None:
    """What the caller has just written is found; a search that is slow to show it delays the answer, and denies it
    only to who asked for a position. Many clients write signed in and read without: they are also known by where they
    come from."""
    wanted = call.request.scope.get("storefold.min-position")
    if wanted is not None:
        await parts.reads.search.wait(wanted)
    try:
        await parts.reads.search.wait(parts.recent.of(call.actor.person_id, whereabouts(call.request)))
    except Behind:
        call.request.scope["storefold.behind"] = True
