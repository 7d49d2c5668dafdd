"""Verifying an e-mail address: the mail that the product really sends, and its link."""

import time
from email.message import EmailMessage

import httpx
import pytest
from support.postbox import Outbox, text_of, token_in
from support.product import Client
from support.shopper import PASSWORD, Shopper, refused


@pytest.fixture
def outbox(anyone: Client) -> Outbox:
    return Outbox(anyone.home)


def mail_of(outbox: Outbox, shopper: Shopper) -> EmailMessage:
    deadline = time.monotonic() + 30
    while not (mails := outbox.to(shopper.email)):
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.05)
    [mail] = mails
    return mail


def verified(shopper: Shopper) -> bool:
    return bool(shopper.get("/auth/me/").json()["is_verified"])


def test_the_link_in_the_mail_verifies_the_address(shopper: Shopper, passer_by: Shopper, outbox: Outbox) -> None:
    assert not verified(shopper)
    mail = mail_of(outbox, shopper)
    link = next(line for line in text_of(mail).splitlines() if "://" in line)
    assert link.startswith(f"{shopper.url}/api/v1/auth/verify-email/?token=")
    answer = httpx.get(link, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"message": "Email verified successfully"}
    assert verified(shopper)
    assert passer_by.signed_in(shopper.email).user == shopper.user | {"is_verified": True}  # type: ignore[operator]


def test_a_token_is_good_once(shopper: Shopper, passer_by: Shopper, outbox: Outbox) -> None:
    token = token_in(mail_of(outbox, shopper))
    assert passer_by.get("/auth/verify-email/", params={"token": token}).status_code == 200
    again = passer_by.get("/auth/verify-email/", params={"token": token})
    assert refused(again, 400, "validation_error") == {"token": ["Token is invalid or expired"]}
    assert verified(shopper)


def test_looking_at_the_link_verifies_nothing(shopper: Shopper, passer_by: Shopper, outbox: Outbox) -> None:
    """Mail servers ask with HEAD where a link leads."""
    token = token_in(mail_of(outbox, shopper))
    head = httpx.head(f"{shopper.url}/api/v1/auth/verify-email/", params={"token": token})
    assert head.status_code == 200
    assert not verified(shopper)
    assert passer_by.get("/auth/verify-email/", params={"token": token}).status_code == 200


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5000, "\udc80", "a\x00b", None])
def test_what_is_no_token(passer_by: Shopper, token: str | None) -> None:
    quoted = {} if token is None else {"token": token.encode(errors="surrogatepass")}
    refused(passer_by.get("/auth/verify-email/", params=quoted), 400, "validation_error")


def test_a_token_of_somebody_s_verifies_them_alone(passer_by: Shopper, outbox: Outbox) -> None:
    one, other = passer_by.newcomer(), passer_by.newcomer()
    passer_by.get("/auth/verify-email/", params={"token": token_in(mail_of(outbox, one))})
    assert (verified(one), verified(other)) == (True, False)


def test_an_order_is_mailed_about(shopper: Shopper, goods: Client, outbox: Outbox) -> None:
    order = shopper.order(goods.product(stock=50))
    assert shopper.post(f"/orders/{order['id']}/cancel/").status_code == 200
    deadline = time.monotonic() + 30
    while len(mails := outbox.to(shopper.email)) < 2:
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.05)
    assert sorted(order["order_number"] in mail["Subject"] for mail in mails) == [False, True]


def test_a_password_is_in_no_mail(shopper: Shopper, outbox: Outbox) -> None:
    assert PASSWORD not in mail_of(outbox, shopper).as_string()
