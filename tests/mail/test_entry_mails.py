"""Mails for those who cannot sign in: from whom, where their links lead, and that a dead one opens nothing."""

import re

import pytest
from support.office import BASE, Office
from support.postbox import Postbox, text_of
from support.shop import Person, Shop

from storefold.bootstrap import WriteSide
from workers import mail as module
from workers.mail import Mails, MailSettings
from workers.mail_smtp import Smtp
from write_side.account.commands import DeactivateAccount, RegisterAccount
from write_side.account.decide import NoSuchResetLink
from write_side.account.entry_commands import RequestPasswordReset, ResetPassword, SignInWithGoogle
from write_side.messages import ANONYMOUS, Actor
from write_side.secrets.one_time_tokens import LOG_IN, OneTimeTokens

MARTAFF = Actor(surface="martaff")


@pytest.fixture
def jo(shop: Shop) -> Person:
    return shop.person(email="jo@shop.test")


@pytest.fixture
def post(write_side: WriteSide, box: Postbox) -> Mails:
    senders = {"martaff": "no-reply@martaf.com"}
    settings = MailSettings("Storefold <no-reply@shop.test>", BASE, senders, "http://front.test/one-time-login/")
    return Mails(write_side.log, write_side.vault, Smtp(box.url, timeout=2), settings)


def deliver(office: Office, post: Mails, kind: str) -> None:
    for wanted in office.write_down(kind):
        post.carry_out(wanted)


def reset(shop: Shop, token: str) -> None:
    command = {"token": token, "password": "a new password"}
    shop.do(ResetPassword.model_validate(command), ANONYMOUS)


def token_of(text: str) -> str:
    found = re.search(rf"{BASE}/reset-password-confirm/([0-9a-f-]{{36}})/", text)
    assert found is not None, text
    return found[1]


def test_a_reset_s_mail(shop: Shop, jo: Person, office: Office, post: Mails, box: Postbox) -> None:
    shop.do(RequestPasswordReset(email=jo.email), MARTAFF)
    deliver(office, post, "password-reset")
    [mail] = box.to("jo@shop.test")
    assert mail["From"] == "no-reply@martaf.com"
    assert "5 minutes, until 20" in text_of(mail) and "UTC" in text_of(mail)
    reset(shop, token_of(text_of(mail)))


def test_of_two_requests_the_mail_that_is_written_has_the_newest_s_link(
    shop: Shop, jo: Person, office: Office, post: Mails, box: Postbox
) -> None:
    shop.do(RequestPasswordReset(email=jo.email), ANONYMOUS)
    deliver(office, post, "password-reset")
    for _ in range(2):
        shop.do(RequestPasswordReset(email=jo.email), ANONYMOUS)
    *_, overtaken, newest = office.write_down("password-reset")
    for wanted in (newest, overtaken):  # out of order
        post.carry_out(wanted)
    first, second = (token_of(text_of(mail)) for mail in box.to("jo@shop.test"))
    assert sorted(outcome for outcome, _ in office.outcomes().values()) == ["needless", "sent", "sent"]
    assert box.mails[0]["From"] == "Storefold <no-reply@shop.test>"  # no surface with a sender of its own
    with pytest.raises(NoSuchResetLink):
        reset(shop, first)
    reset(shop, second)


def test_who_is_shut_out_meanwhile_gets_no_link(
    shop: Shop, jo: Person, office: Office, post: Mails, box: Postbox
) -> None:
    shop.do(RequestPasswordReset(email=jo.email), ANONYMOUS)
    shop.do(DeactivateAccount(person_id=jo.person_id))
    deliver(office, post, "password-reset")
    assert box.mails == []
    assert [outcome for outcome, _ in office.outcomes().values()] == ["needless"]


def test_a_link_that_nobody_waits_for_any_more_is_not_sent(
    shop: Shop, jo: Person, office: Office, post: Mails, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASKED_FOR", -1)
    box.rcpt = ["451 later"]
    shop.do(RequestPasswordReset(email=jo.email), ANONYMOUS)
    deliver(office, post, "password-reset")
    assert [outcome for outcome, _ in office.outcomes().values()] == ["expired"]


def test_who_is_new_by_google_gets_a_link_that_signs_in_once(
    shop: Shop, office: Office, post: Mails, box: Postbox, write_side: WriteSide
) -> None:
    sign_in = SignInWithGoogle(subject="1", email="al@shop.test", email_verified=True)
    person_id = shop.do(sign_in, Actor(service="google", surface="martaff")).result["person_id"]
    assert [wanted.effect.kind for wanted in office.wanted()] == ["mail-login-link"]  # Google has verified the address
    deliver(office, post, "login-link")
    [mail] = box.to("al@shop.test")
    assert mail["Subject"] == "Welcome to MARTAF — One-Time Login Link"
    assert mail["From"] == "no-reply@martaf.com"
    found = re.search(r"http://front.test/one-time-login/\?uid=(\d+)&token=([\w-]+)", text_of(mail))
    assert found is not None and int(found[1]) == person_id
    page = mail.get_body(("html",))
    assert page is not None and f"uid={person_id}&amp;token={found[2]}" in page.get_content()
    tokens = OneTimeTokens(write_side.log)
    assert (tokens.redeem(found[2], LOG_IN), tokens.redeem(found[2], LOG_IN)) == (person_id, None)


def test_who_registers_where_nothing_is_confirmed_gets_no_mail(shop: Shop, office: Office) -> None:
    fields = {"email": "jo@shop.test", "password": "x", "policy": "martaff", "roles": []}
    shop.do(RegisterAccount.model_validate(fields), MARTAFF)
    assert office.wanted() == []
