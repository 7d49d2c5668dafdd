"""Past business: what a shop did before its log began, as a file or a former shop tells it.

Its commands carry the *business time* (`placed_at`, `returned_at`, `adjusted_at`), which is not the event's
own time, and the number that the thing has in its source. That number is a unique name, so a command that
comes again changes nothing and gets the first one's answer.
"""

from write_side.refusals import Conflict, Invalid
from write_side.work import Work


class NotInThePast(Invalid):
    """`extra`: at."""

    type = "not-in-the-past"
    title = "Past business cannot be of the future"


def recorded(work: Work, kind: str, source: str, number: str) -> int | None:
    """Whom this number of the source names already: an order, a return, a customer; None: nobody."""
    return work.owner(kind, f"{source}:{number}")


def name(work: Work, kind: str, source: str, number: str, owner: int) -> None:
    """Takes the number for `owner`. To be asked with `recorded` first: only a free one can be taken."""
    work.claim(kind, f"{source}:{number}", owner, Conflict())


def ensure_past(at: str, now: str) -> None:
    """Compared to the second: business time has no more."""
    if at[:19] > now[:19]:
        raise NotInThePast(at=at)
