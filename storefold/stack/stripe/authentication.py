"""Who may call what.

In: a request and its parameters. Out: nothing, or Stripe's 401. Any key of the right form
is good. A publishable key (a browser's) may make cards, and may see and confirm an intent
whose client secret it knows.
"""

import base64
import binascii
import re
from typing import Any

from aiohttp import web

from storefold.stack.stripe.errors import StripeError
from storefold.stack.stripe.upstream import resources

_CARDS = re.compile(r"POST /v1/(tokens|sources|payment_methods)")
_INTENT = re.compile(r"(?:GET|POST) /v1/(payment|setup)_intents/(\w+)(?:/confirm|/_authenticate|/cancel)?")


def check(request: web.Request, parameters: dict[str, Any]) -> None:
    """Refuse a request without a key that is good for it."""
    key = _key(request) or parameters.get("key") or request.query.get("key")
    if not isinstance(key, str) or not re.match(r"(sk|rk|pk)_\w", key):
        message = (
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
            "YOUR_SECRET_KEY')."
        )
        raise StripeError(401, message, executed=False)
    if not key.startswith("pk_"):
        return
    what = f"{request.method} {request.path}"
    intent = _INTENT.fullmatch(what)
    secret = parameters.get("client_secret") or request.query.get("client_secret")
    if intent is not None:
        kind, intent_id = intent.groups()
        found = resources.store.get(f"{kind}_intent:{intent_id}")
        if found is not None and secret == found.client_secret:
            return
    elif _CARDS.fullmatch(what):
        return
    message = "This API call cannot be made with a publishable API key. Please use a secret API key."
    raise StripeError(401, message, executed=False)


def _key(request: web.Request) -> str | None:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return credentials
    if scheme == "Basic":
        try:
            return base64.b64decode(credentials).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None
