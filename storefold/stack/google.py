"""Stands in for Google's sign-in: `python -m storefold.stack.google --port P`.

In: OpenID Connect's authorization code flow with PKCE, as Google speaks it. Out: whoever is typed into its page, signed
with a key of this process. Any client may ask, for development; codes are good once and for a minute.
"""

import argparse
import base64
import json
import secrets
import signal
import sys
import threading
import time
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CODE_GOOD: Final = 60.0  # seconds
ASKED: Final = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "scope")

_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not Google</title></head><body>
<h1>Sign in</h1><p>This stands in for Google, in development.</p><form method="post">{hidden}
<p><label>E-mail <input name="email" type="email" value="{hint}"></label></p>
<p><label>Given name <input name="given_name" value="Ada"></label></p>
<p><label>Family name <input name="family_name" value="Lovelace"></label></p>
<p><label><input name="email_verified" type="checkbox" value="true" checked> the address is verified</label></p>
<button>Sign in</button></form></body></html>"""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code stands for."""

    asked: dict[str, str]
    person: dict[str, str]
    until: float


class Provider:
    """The issuer: its key, and the codes that were given and not redeemed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key_id = secrets.token_hex(8)
        self._key = rsa.generate_private_key(65537, 2048)
        self._codes: dict[str, Granted] = {}
        self._lock = threading.Lock()

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": self.key_id, "alg": "RS256", "use": "sig"}]}

    def grant(self, asked: dict[str, str], person: dict[str, str]) -> str:
        """Where the browser goes with its code."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = Granted(asked, person, time.monotonic() + CODE_GOOD)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens; None for a code that is none, too old, or another client's."""
        with self._lock:
            granted = self._codes.pop(form.get("code", ""), None)
        if granted is None or granted.until < time.monotonic():
            return None
        challenge = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode()
        if challenge.rstrip("=") != granted.asked["code_challenge"]:
            return None
        if form.get("redirect_uri") != granted.asked["redirect_uri"]:
            return None
        return {
            "access_token": secrets.token_urlsafe(24),
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": granted.asked["scope"],
            "id_token": self._id_token(granted),
        }

    def _id_token(self, granted: Granted) -> str:
        person, now = granted.person, int(time.time())
        # The same address is the same account, unless a subject is named.
        subject = person.get("subject") or str(int(sha256(person.get("email", "").encode()).hexdigest()[:16], 16))
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": granted.asked["client_id"],
            "sub": subject,
            "nonce": granted.asked["nonce"],
            "iat": now,
            "exp": now + 3600,
            "given_name": person.get("given_name", ""),
            "family_name": person.get("family_name", ""),
        }
        if person.get("email"):
            claims |= {"email": person["email"], "email_verified": person.get("email_verified") == "true"}
        return jwt.encode(claims, self._key, "RS256", {"kid": self.key_id})


class Handler(BaseHTTPRequestHandler):
    """One request; the server knows the provider."""

    server: "Server"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        provider = self.server.provider
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(200, provider.configuration())
            case "/keys":
                self._json(200, provider.keys())
            case "/_health":
                self._json(200, {"ok": True})
            case "/authorize":
                self._page(_flat(parts.query))
            case _:
                self._json(404, {"error": "not_found"})

    def do_POST(self) -> None:
        form = _flat(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        match urlsplit(self.path).path:
            case "/authorize" if form.keys() >= set(ASKED):
                asked = {name: form.pop(name) for name in ASKED}
                self._answer(302, b"", Location=self.server.provider.grant(asked, form))
            case "/token":
                tokens = self.server.provider.redeem(form)
                self._json(200 if tokens else 400, tokens or {"error": "invalid_grant"})
            case _:
                self._json(404, {"error": "not_found"})

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: addresses are in what it would say."""

    def _page(self, asked: dict[str, str]) -> None:
        missing = [name for name in ASKED if name not in asked]
        if missing:
            self._json(400, {"error": "invalid_request", "error_description": f"no {', '.join(missing)}"})
            return
        hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in ASKED)
        page = _PAGE.format(hidden=hidden, hint=escape(asked.get("login_hint", "")))
        self._answer(200, page.encode(), **{"Content-Type": "text/html; charset=utf-8"})

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._answer(status, json.dumps(body).encode(), **{"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.provider = Provider(f"http://127.0.0.1:{self.server_port}")


def _flat(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}


def main() -> None:
    """Read the arguments and serve, until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m storefold.stack.google")
    parser.add_argument("--port", type=int, required=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with Server(parser.parse_args().port) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
