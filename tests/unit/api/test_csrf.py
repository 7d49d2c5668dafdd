"""Whether a request comes from where its cookies were given."""

import pytest
from starlette.requests import Request

from api import csrf

SECRET = "5e" * 32


def request(cookie: str | None = SECRET, **headers: str) -> Request:
    lines = {"host": "shop.test:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if cookie is not None:
        lines["cookie"] = f"csrftoken={cookie}"
    return Request({"type": "http", "headers": [(n.encode(), v.encode("latin-1")) for n, v in lines.items()]})


def test_every_mask_is_another_and_each_fits() -> None:
    tokens = {csrf.masked(SECRET) for _ in range(5)}
    assert len(tokens) == 5 and SECRET not in "".join(tokens)
    assert not any(csrf.is_foreign(request(x_csrftoken=token)) for token in tokens)
    assert not csrf.is_foreign(request(x_csrftoken=SECRET))


@pytest.mark.parametrize(
    "token",
    ["", "x", "é", "0" * 64, "0" * 128, SECRET[:-1], SECRET + "00"],
    ids=["empty", "short", "odd", "zeros", "masked zeros", "cut", "longer"],  # a secret would differ in each worker
)
def test_what_does_not_fit_is_foreign(token: str) -> None:
    assert csrf.is_foreign(request(x_csrftoken=token))
    assert csrf.is_foreign(request(x_csrftoken=csrf.masked(csrf.new_secret())))


def test_a_token_beside_no_cookie_or_one_of_another_kind() -> None:
    assert not csrf.is_foreign(request(None, x_csrftoken="anything"))
    assert not csrf.is_foreign(request("their-own", x_csrftoken="their-own"))
    assert csrf.is_foreign(request("their-own", x_csrftoken=csrf.masked(SECRET)))


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"origin": "http://shop.test:8000"}, False),
        ({"origin": "https://shop.test:8000"}, False),
        ({"origin": "https://public.test"}, False),
        ({"origin": "http://shop.test:9000"}, True),
        ({"origin": "http://shop.test:8000.evil.test"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ({"sec_fetch_site": "same-origin"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"sec_fetch_site": "same-site"}, True),
        ({"sec_fetch_site": "Cross-Site"}, True),
    ],
)
def test_without_a_token_the_browser_tells(headers: dict[str, str], foreign: bool) -> None:
    assert csrf.is_foreign(request(**headers), {"public.test"}) is foreign


def test_a_client_s_own_secret_is_kept_and_no_other_text() -> None:
    assert csrf.secret_of(request()) == SECRET
    for text in (None, "", "x", "0" * 63, "zz" * 32):
        assert len(csrf.secret_of(request(text))) == 64
