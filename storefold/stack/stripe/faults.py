"""Faults that a test orders.

In: JSON such as {"match": "POST /v1/payment_intents", "times": 1, "action": "fail"}.
Out: for each request the first ordered fault that fits it, used up `times` times.

    fail         answer `status` (500) without executing; 5xx are saved for the key, as
                 Stripe does, unless "save": false
    hang         wait `seconds`, then go on; the key is in use meanwhile
    drop_before  close the connection without executing
    drop_after   execute and commit, then close the connection without an answer
    decline      execute; a charge is declined with `code`, `decline_code`, `message`

`match` is "METHOD /path"; `*` stands for one path segment and `**` for any rest; absent
means every call under /v1. `skip` lets that many fitting requests pass first; `times` 0
means until cleared. Held in memory: a restart begins without faults.
"""

import re
from typing import Any, Literal, Self

import msgspec

from storefold.stack.stripe.cards import Decline
from storefold.stack.stripe.errors import StripeError

# What can befall an answer that is replayed from its key: only the way of it.
ON_THE_WAY = frozenset({"hang", "drop_before", "drop_after"})


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One order of a test."""

    action: Literal["fail", "hang", "drop_before", "drop_after", "decline"]
    match: str = "* /v1/**"
    times: int = 1
    skip: int = 0
    status: int = 500
    seconds: float = 1.0
    save: bool = True
    code: str = "card_declined"
    decline_code: str | None = "generic_decline"
    message: str = "Your card was declined."
    used: int = 0

    @classmethod
    def ordered(cls, order: Any) -> Self:
        """Check the JSON of one order."""
        try:
            fault = msgspec.convert(order, cls)
        except msgspec.ValidationError as error:
            raise StripeError(400, f"No such fault: {error}") from error
        _pattern(fault.match)
        return fault

    @property
    def decline(self) -> Decline:
        """The decline that this fault orders."""
        return Decline(self.code, self.decline_code, self.message)

    @property
    def spent(self) -> bool:
        """Used as often as ordered."""
        return self.times > 0 and self.used >= self.times

    def fits(self, method: str, path: str) -> bool:
        """Whether it is meant for this request."""
        return _pattern(self.match).fullmatch(f"{method} {path}") is not None


class Faults:
    """The ordered faults, oldest first."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []

    def take(self, method: str, path: str, *, replayed: bool) -> Fault | None:
        """The fault of this request, counted as used."""
        for fault in self.ordered:
            if replayed and fault.action not in ON_THE_WAY:
                continue
            if fault.spent or not fault.fits(method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.used += 1
            return fault
        return None


def _pattern(match: str) -> re.Pattern[str]:
    method, _, path = match.partition(" ")
    if not re.fullmatch(r"[A-Z]+|\*", method) or not path.startswith("/"):
        message = f'A match reads "POST /v1/payment_intents", not "{match}".'
        raise StripeError(400, message)
    pieces = {"**": ".*", "*": "[^/]+"}
    parts = re.split(r"(\*\*|\*)", path)
    in_path = "".join(pieces.get(part) or re.escape(part) for part in parts)
    return re.compile(("[A-Z]+" if method == "*" else method) + " " + in_path)
