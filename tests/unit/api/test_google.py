"""What Google's answer has to be: the stand-in says it, and then says it wrong."""

import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from api.google import Begun, Google, GoogleAway, GoogleSettings, NotFromGoogle, Profile
from storefold.stack.google import Provider, Server

BACK = "http://shop.test/accounts/google/callback"
PERSON = {"email": "ada@people.test", "email_verified": "true", "given_name": "Ada", "family_name": "Lovelace"}
STRANGER = rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def google(server: Server) -> Google:
    return Google(GoogleSettings(server.provider.url, "client", "secret", BACK))


def code_of(begun: Begun, **person: str) -> str:
    """What the browser brings back."""
    address, _, query = begun.url.partition("?")
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    sent = httpx.post(address, data={**asked, **(person or PERSON)})
    back = parse_qs(urlsplit(sent.headers["location"]).query)
    assert back["state"] == [begun.state]
    return back["code"][0]


def finish(google: Google) -> Profile:
    begun = google.begin()
    return google.finish(code_of(begun), begun.nonce, begun.verifier)


def test_who_signs_in_is_told_with_what_google_knows(google: Google) -> None:
    found = finish(google)
    assert found == Profile(found.subject, "ada@people.test", True, "Ada", "Lovelace")
    begun = google.begin()
    nobody = google.finish(code_of(begun, subject="7"), begun.nonce, begun.verifier)
    assert nobody == Profile("7", None, False)


def test_every_sign_in_has_secrets_of_its_own(google: Google) -> None:
    one, other = google.begin(), google.begin()
    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6
    assert one.verifier not in one.url


def test_a_code_needs_its_verifier_and_its_nonce_and_is_good_once(google: Google) -> None:
    begun, other = google.begin(), google.begin()
    for nonce, verifier in ((begun.nonce, other.verifier), (other.nonce, begun.verifier)):
        with pytest.raises(NotFromGoogle):
            google.finish(code_of(begun), nonce, verifier)
    code = code_of(begun)
    assert google.finish(code, begun.nonce, begun.verifier)
    with pytest.raises(NotFromGoogle):
        google.finish(code, begun.nonce, begun.verifier)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.test"},
        {"aud": "another-client"},
        {"aud": ["client", "another"], "azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"sub": None},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_a_claim_that_does_not_hold(
    google: Google, server: Server, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    resigned(monkeypatch, server, lambda claims: {**claims, **wrong})
    with pytest.raises(NotFromGoogle):
        finish(google)


@pytest.mark.parametrize(
    ("key", "algorithm"), [(STRANGER, "RS256"), ("", "none"), ("a secret that the client shares with nobody", "HS256")]
)
def test_a_signature_that_is_not_the_issuer_s(
    google: Google, server: Server, monkeypatch: pytest.MonkeyPatch, key: Any, algorithm: str
) -> None:
    resigned(monkeypatch, server, lambda claims: claims, key, algorithm)
    with pytest.raises(NotFromGoogle):
        finish(google)


def test_no_token_at_all(google: Google, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Provider, "_id_token", lambda *_: "")
    with pytest.raises(NotFromGoogle):
        finish(google)


def test_a_key_that_came_since_is_asked_for(google: Google, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finish(google)
    monkeypatch.setattr(server, "provider", Provider(server.provider.url))
    assert finish(google)


def test_nobody_there_and_nothing_set_up() -> None:
    for settings in (GoogleSettings(), GoogleSettings("http://127.0.0.1:9", "client", "secret", BACK)):
        with pytest.raises(GoogleAway):
            Google(settings).begin()
    given = GoogleSettings(
        "http://i", "c", "s", BACK, "http://a.test/a", "http://127.0.0.1:9/t", "http://127.0.0.1:9/k"
    )
    begun = Google(given).begin()
    assert begun.url.startswith("http://a.test/a?")
    with pytest.raises(GoogleAway):
        Google(given).finish("code", begun.nonce, begun.verifier)


def resigned(
    monkeypatch: pytest.MonkeyPatch, server: Server, change: Any, key: Any = None, algorithm: str = "RS256"
) -> None:
    """The stand-in changes its claims before it signs them, or signs with another key."""
    make = Provider._id_token

    def changed(provider: Provider, granted: Any) -> str:
        claims = jwt.decode(make(provider, granted), options={"verify_signature": False})
        claims = {name: value for name, value in change(claims).items() if value is not None}
        return jwt.encode(claims, provider._key if key is None else key, algorithm, {"kid": provider.key_id})

    monkeypatch.setattr(Provider, "_id_token", changed)
