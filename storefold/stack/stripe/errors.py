"""Stripe's error objects.

In: what went wrong. Out: an exception that `pipeline.py` turns into Stripe's JSON.
All derive from localstripe's `UserError`, so both kinds are caught in one place:

    UserError (localstripe)
    └── StripeError     a body as Stripe documents it
"""

from typing import Any

from storefold.stack.stripe.cards import Decline
from storefold.stack.stripe.upstream import resources

DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(resources.UserError):  # type: ignore[misc]
    """One refusal. `executed` is False when the endpoint never began (bad parameters):
    Stripe keeps no answer for the idempotency key of such a request."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        executed: bool = True,
        **details: Any,
    ) -> None:
        contents = {name: value for name, value in details.items() if value is not None}
        if code is not None:
            contents |= {"code": code, "doc_url": DOCS + code.replace("_", "-")}
        super().__init__(status, message, contents)
        self.body["error"]["type"] = kind
        self.executed = executed


def bad_parameter(param: str, message: str, code: str) -> StripeError:
    """400 for a parameter that fails validation."""
    return StripeError(400, message, code=code, param=param, executed=False)


def unknown_parameters(names: list[str]) -> StripeError:
    """400 for parameters that the endpoint does not have."""
    plural = "s" if len(names) > 1 else ""
    message = f"Received unknown parameter{plural}: {', '.join(names)}"
    return bad_parameter(names[0], message, "parameter_unknown")


def missing_object(kind: str, object_id: str, param: str) -> StripeError:
    """404 for an id that does not exist."""
    return StripeError(
        404,
        f"No such {kind}: '{object_id}'",
        code="resource_missing",
        param=param,
    )


def card_error(decline: Decline, **details: Any) -> StripeError:
    """402: the issuer declined."""
    return StripeError(
        402,
        decline.message,
        kind="card_error",
        code=decline.code,
        decline_code=decline.decline_code,
        **details,
    )


def unexpected_state(message: str, intent: dict[str, Any]) -> StripeError:
    """400: the intent's status does not allow this."""
    return StripeError(400, message, code="payment_intent_unexpected_state", payment_intent=intent)
