"""Whether a request that carries cookies comes from where they were given (CSRF).

The secret is a cookie that scripts of the own origin read; what they send back in `X-CSRFToken` is the secret itself
or the secret under a mask, another one in each answer, so that the secret never stands in a compressed body twice the
same (BREACH). A client that is no browser sends no header and is none that a foreign page could have sent.
"""

import hmac
import secrets
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

COOKIE: Final = "csrftoken"
HEADER: Final = "X-CSRFToken"
_SECRET: Final = 32  # bytes


def new_secret() -> str:
    return secrets.token_hex(_SECRET)


def secret_of(request: Request) -> str:
    """The one that the client has, where it is well-formed; else a new one."""
    known = request.cookies.get(COOKIE, "")
    return known if _bytes(known, _SECRET) is not None else new_secret()


def masked(secret: str) -> str:
    """What a client is told: mask, then secret under it."""
    mask = secrets.token_bytes(_SECRET)
    return (mask + _xor(mask, bytes.fromhex(secret))).hex()


def is_foreign(request: Request, own_hosts: Collection[str] = ()) -> bool:
    """Whether the request must be refused: a token that is not the cookie's, or none from another site's page.
    `own_hosts`: under which browsers know this server, beside the request's own."""
    sent, known = request.headers.get(HEADER), request.cookies.get(COOKIE)
    if sent is not None:
        return known is not None and not _fits(sent, known)
    if request.headers.get("sec-fetch-site", "").lower() in ("cross-site", "same-site"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc not in {request.headers.get("host", ""), *own_hosts}


def _fits(sent: str, known: str) -> bool:
    whole, secret = _bytes(sent, 2 * _SECRET), _bytes(known, _SECRET)
    if whole is not None and secret is not None:
        return hmac.compare_digest(_xor(whole[:_SECRET], whole[_SECRET:]), secret)
    return hmac.compare_digest(sent.encode(), known.encode())


def _bytes(text: str, length: int) -> bytes | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == length else None


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
