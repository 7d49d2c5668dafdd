"""Signing in through Google, or whoever speaks OpenID Connect at the configured addresses.

`begin` gives the address to send a browser to, and what has to be remembered of it; `finish` takes what the browser
brings back and says who Google says they are: the code is exchanged with PKCE, and the ID token's signature, issuer,
audience, nonce and times are checked. Both block: for a thread. State is the caller's to keep.
"""

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from write_side.refusals import Refusal

TIMEOUT: Final = 10.0  # seconds for each call
KNOWN_FOR: Final = 3600.0  # seconds that addresses and keys are kept; a key that is missing is asked for at once
LEEWAY: Final = 30  # seconds that clocks may differ
SCOPE: Final = "openid email profile"
ALGORITHMS: Final = ("RS256", "ES256")


class GoogleAway(Refusal):
    """Google does not answer, or signing in through it is not set up."""

    status = 503
    type = "google-away"
    title = "Signing in through Google is not possible now"


class NotFromGoogle(Refusal):
    """What the browser brought back is not Google's answer to what was asked."""

    status = 400
    type = "not-from-google"
    title = "Google did not sign anybody in"


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """`issuer` alone is enough, the addresses are discovered; empty: nobody signs in that way. `redirect_url`: where
    Google sends browsers back to."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    redirect_url: str = ""
    authorize_url: str = ""
    token_url: str = ""
    jwks_url: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """`url`: for the browser. The rest is to be remembered until it is back, by that browser's client alone."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody is at Google. `email` None: Google gives none."""

    subject: str
    email: str | None
    email_verified: bool
    first_name: str = ""
    last_name: str = ""


class Google:
    """Thread-safe. Raises GoogleAway or NotFromGoogle."""

    def __init__(self, settings: GoogleSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._addresses: dict[str, str] = {}
        self._keys: KeySet | None = None
        self._until = 0.0

    def begin(self) -> Begun:
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        with self._session() as session:
            url, state = session.create_authorization_url(
                self._address("authorization_endpoint"), nonce=nonce, code_verifier=verifier
            )
        return Begun(url, state, nonce, verifier)

    def finish(self, code: str, nonce: str, verifier: str) -> Profile:
        """The caller has compared the state."""
        try:
            with self._session() as session:
                address = self._address("token_endpoint")
                token = session.fetch_token(address, code=code, code_verifier=verifier, timeout=TIMEOUT)
        except AuthlibBaseError as error:
            raise NotFromGoogle(f"the code was refused: {error.error}") from error
        except (requests.RequestException, ValueError) as error:
            raise GoogleAway from error
        return _profile(self._claims(str(token.get("id_token", "")), nonce))

    def _session(self) -> OAuth2Session:
        settings = self._settings
        if not settings.issuer:
            raise GoogleAway("signing in through Google is not set up")
        return OAuth2Session(
            settings.client_id,
            settings.client_secret,
            scope=SCOPE,
            redirect_uri=settings.redirect_url,
            code_challenge_method="S256",
        )

    def _claims(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        issuer = self._settings.issuer.rstrip("/")
        # Google itself has signed both forms.
        issuers = [issuer, f"{issuer}/", issuer.removeprefix("https://")]
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "values": issuers},
            aud={"essential": True, "value": self._settings.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = self._decoded(id_token)
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise NotFromGoogle(f"the ID token does not hold: {type(error).__name__}") from error
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise NotFromGoogle("the ID token was made for somebody else")
        return claims

    def _decoded(self, id_token: str) -> dict[str, Any]:
        try:
            return jwt.decode(id_token, self._key_set(), ALGORITHMS).claims
        except (JoseError, ValueError):
            # Signed with a key that came since? Then it is known after one more look.
            return jwt.decode(id_token, self._key_set(fresh=True), ALGORITHMS).claims

    def _key_set(self, fresh: bool = False) -> KeySet:
        with self._lock:
            if self._keys is None or fresh or time.monotonic() > self._until:
                self._keys = KeySet.import_key_set(_fetch(self._address("jwks_uri")))  # type: ignore[arg-type]
                self._until = time.monotonic() + KNOWN_FOR
            return self._keys

    def _address(self, name: str) -> str:
        settings = self._settings
        given = {
            "authorization_endpoint": settings.authorize_url,
            "token_endpoint": settings.token_url,
            "jwks_uri": settings.jwks_url,
        }
        if given[name]:
            return given[name]
        if name not in self._addresses:
            found = _fetch(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            self._addresses = {key: found[key] for key in given if isinstance(found.get(key), str)}
        if name not in self._addresses:
            raise GoogleAway(f"the issuer names no {name}")
        return self._addresses[name]


def _fetch(url: str) -> dict[str, Any]:
    try:
        answer = httpx.get(url, timeout=TIMEOUT)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise GoogleAway from error
    if not isinstance(found, dict):
        raise GoogleAway
    return found


def _profile(claims: Mapping[str, Any]) -> Profile:
    def text(name: str) -> str:
        value = claims.get(name)
        return value if isinstance(value, str) else ""

    return Profile(
        subject=str(claims["sub"]),
        email=text("email") or None,
        email_verified=claims.get("email_verified") in (True, "true"),
        first_name=text("given_name")[:150],
        last_name=text("family_name")[:150],
    )
