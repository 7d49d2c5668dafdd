"""Access and refresh tokens: JWT, HS256, one issuer for every surface.

A token that one surface issued is a Bearer token on all of them. `typ` keeps access and refresh
tokens apart, `pos` is the log's position when it was issued: a reader that does not know the person
yet waits for it instead of refusing them.
"""

import time
from collections import OrderedDict
from typing import Any, Final

import jwt
import msgspec

ISSUER: Final = "storefold"
ALGORITHM: Final = "HS256"
_KEPT: Final = 10_000


class InvalidToken(Exception):
    """Not a token of ours, expired, or of the wrong kind."""


class AccessToken(msgspec.Struct, frozen=True):
    """What a valid access token says."""

    person_id: int
    roles: frozenset[str]
    position: int
    expires: float


class Tokens:
    """Issues and reads tokens. A token that was verified once is remembered until it expires: its
    signature does not change."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key
        self._verified: OrderedDict[str, AccessToken] = OrderedDict()

    def access(self, person_id: int, roles: frozenset[str], position: int, seconds: int, **claims: Any) -> str:
        """An access token; `claims` are what the issuing surface's contract adds."""
        own = {"sub": str(person_id), "roles": sorted(roles), "pos": position}
        return self._encode("access", seconds, {**claims, **own})

    def refresh(self, person_id: int, token_id: str, seconds: int) -> str:
        """A refresh token around the id that the write side keeps hashed."""
        return self._encode("refresh", seconds, {"sub": str(person_id), "jti": token_id})

    def note(self, kind: str, seconds: int, **texts: str) -> str:
        """Something that a client is to carry and cannot change; `kind` keeps notes and tokens apart."""
        return self._encode(f"note:{kind}", seconds, {"sub": kind, "says": texts})

    def read_note(self, kind: str, note: str) -> dict[str, str]:
        """Raises InvalidToken."""
        says: dict[str, str] = self._decode(f"note:{kind}", note)["says"]
        return says

    def read_access(self, token: str) -> AccessToken:
        """Raises InvalidToken."""
        known = self._verified.get(token)
        if known is None:
            claims = self._decode("access", token)
            try:
                known = AccessToken(
                    int(claims["sub"]), frozenset(claims["roles"]), int(claims["pos"]), float(claims["exp"])
                )
            except (KeyError, TypeError, ValueError) as error:
                raise InvalidToken("claims are missing") from error
            self._verified[token] = known
            if len(self._verified) > _KEPT:
                self._verified.popitem(last=False)
        if known.expires <= time.time():
            raise InvalidToken("expired")
        return known

    def read_refresh(self, token: str) -> tuple[int, str]:
        """The person and the token's id. Raises InvalidToken; whether it was revoked the write side
        knows."""
        claims = self._decode("refresh", token)
        try:
            return int(claims["sub"]), str(claims["jti"])
        except (KeyError, ValueError) as error:
            raise InvalidToken("claims are missing") from error

    def _encode(self, kind: str, seconds: int, claims: dict[str, Any]) -> str:
        now = int(time.time())
        own = {"iss": ISSUER, "aud": ISSUER, "typ": kind, "iat": now, "exp": now + seconds}
        return jwt.encode({**claims, **own}, self._key, algorithm=ALGORITHM)

    def _decode(self, kind: str, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=ISSUER,
                issuer=ISSUER,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.InvalidTokenError, ValueError) as error:
            raise InvalidToken(str(error)) from error
        if claims.get("typ") != kind:
            raise InvalidToken(f"not a token for {kind}")
        return claims
