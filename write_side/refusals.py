"""Why a command was refused. One class per rule, each with its own problem type (RFC 9457).

    Refusal
    ├── Invalid              400  a value that cannot stand
    ├── Unauthenticated      401  nobody, or nobody any more
    ├── Forbidden            403  signed in, but not allowed
    ├── NotFound             404  no such thing, or not the caller's
    ├── Conflict             409  the state does not allow it
    └── Unavailable          503  try again; nothing was done

Aggregates derive their own from these in their `decide.py`. `extra` is shown to the client beside
the text, so that a surface can put it in its own shape.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """A rule said no. Nothing was appended for this command."""

    status: ClassVar[int] = 409
    type: ClassVar[str] = "refused"
    title: ClassVar[str] = "The command was refused"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra = extra


class Invalid(Refusal):
    """A value that no state of the shop would allow; `errors` names the field where there is one."""

    status = 400
    type = "invalid"
    title = "A value cannot stand"


class Unauthenticated(Refusal):
    """The command needs a person, and no valid token names one who is active."""

    status = 401
    type = "unauthenticated"
    title = "Sign in first"


class Forbidden(Refusal):
    """The person's roles do not reach this far, or the thing is another's."""

    status = 403
    type = "forbidden"
    title = "Not allowed"


class NotFound(Refusal):
    """It does not exist, or not for the caller: both look the same."""

    status = 404
    type = "not-found"
    title = "No such thing"


class Conflict(Refusal):
    """The command is well-formed, but the present state does not allow it."""

    status = 409
    type = "conflict"
    title = "The state does not allow it"


class IdempotencyKeyReused(Refusal):
    """A key stands for one request; another request needs another key."""

    status = 422
    type = "idempotency-key-reused"
    title = "This Idempotency-Key was used with another request"


class Unavailable(Refusal):
    """Postgres cannot be reached. Nothing was done."""

    status = 503
    type = "unavailable"
    title = "The event store cannot be reached; nothing was done, try again"


class OutcomeUnknown(Refusal):
    """The connection died around the commit and the store could not be asked what became of it."""

    status = 503
    type = "outcome-unknown"
    title = "The answer was lost; repeat with the same Idempotency-Key to learn the outcome"


class Overloaded(Refusal):
    """More commands wait than can be answered soon. Nothing was done."""

    status = 503
    type = "overloaded"
    title = "Too many commands are waiting; try again"


class TooLarge(Refusal):
    """A value is larger than an event can carry."""

    status = 400
    type = "not-storable"
    title = "A value cannot be stored"
