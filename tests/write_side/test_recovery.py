"""Links for a new password, addresses that change, telephone numbers and reminders, against the real tables."""

from datetime import timedelta

import psycopg
import pytest
from support.databases import Databases
from support.shop import PASSWORD, Person, Shop

from storefold.bootstrap import WriteSide
from write_side.account import reminders
from write_side.account.commands import ChangeEmail, DeactivateAccount, UpdateProfile
from write_side.account.decide import (
    EmailTaken,
    NoSuchAccount,
    NoSuchResetLink,
    ResetLinkExpired,
    WeakPassword,
)
from write_side.account.entry_commands import RequestPasswordReset, ResetPassword, SignInWithGoogle
from write_side.account.events import PasswordResetRequested
from write_side.account.reminders import Reminders, SmsNotSent
from write_side.account.state import ACCOUNT
from write_side.batch import Accepted
from write_side.codecs import decode
from write_side.messages import ANONYMOUS, Actor
from write_side.secrets.one_time_tokens import VERIFY_EMAIL, OneTimeTokens
from write_side.secrets.password_resets import PasswordResets
from write_side.secrets.refresh_tokens import digest

NEW = "another horse battery"
GOOGLE = Actor(service="google")


@pytest.fixture
def jo(shop: Shop) -> Person:
    return shop.person(email="jo@shop.test")


@pytest.fixture
def resets(write_side: WriteSide) -> PasswordResets:
    return PasswordResets(write_side.log)


def ask(shop: Shop, email: str = "Jo@Shop.test ") -> int:
    """The number of the request."""
    accepted = shop.do(RequestPasswordReset(email=email), ANONYMOUS)
    [(stream, version, _)] = accepted.events
    stored = shop.write_side.log.select_events(stream, gt=version - 1)
    event, _ = decode(stored[0].topic, stored[0].state)
    assert isinstance(event, PasswordResetRequested)
    return event.number


def reset(shop: Shop, token: str, password: str = NEW, policy: str = "martaff-reset") -> Accepted:
    command = {"token": token, "password": password, "policy": policy}
    return shop.do(ResetPassword.model_validate(command), ANONYMOUS)


def signs_in(shop: Shop, email: str, password: str) -> bool:
    return shop.write_side.sign_in.with_password(email, password) is not None


def test_a_link_sets_a_new_password_once(shop: Shop, jo: Person, resets: PasswordResets) -> None:
    token = resets.issue(jo.person_id, ask(shop))
    reset(shop, token)
    assert signs_in(shop, jo.email, NEW) and not signs_in(shop, jo.email, PASSWORD)
    with pytest.raises(NoSuchResetLink):
        reset(shop, token, PASSWORD)


def test_a_token_is_stored_as_its_hash_and_the_hash_is_none(
    shop: Shop, jo: Person, resets: PasswordResets, databases: Databases
) -> None:
    token = resets.issue(jo.person_id, ask(shop))
    with psycopg.connect(databases.owner_dsn) as owner:
        [(stored,)] = owner.execute("SELECT token_hash FROM password_resets").fetchall()
        assert stored == digest(token)
    for other in (stored.hex(), "\\x" + stored.hex(), "", "x", "\ud800", token + " "):
        with pytest.raises(NoSuchResetLink):
            reset(shop, other)
    reset(shop, token)


def test_a_newer_request_replaces_the_older_whichever_mail_is_written_last(
    shop: Shop, jo: Person, resets: PasswordResets
) -> None:
    old = resets.issue(jo.person_id, ask(shop))
    number = ask(shop)
    with pytest.raises(NoSuchResetLink):
        reset(shop, old)
    newest = resets.issue(jo.person_id, number)
    assert newest is not None
    assert resets.issue(jo.person_id, number - 1) is None  # a worker that was slow
    reset(shop, newest)


def test_an_expired_link_is_told_once_and_forgotten(
    shop: Shop, jo: Person, resets: PasswordResets, databases: Databases
) -> None:
    token = resets.issue(jo.person_id, ask(shop))
    with psycopg.connect(databases.owner_dsn) as owner:
        [(left,)] = owner.execute("SELECT extract(epoch FROM expires_at - now()) FROM password_resets").fetchall()
        assert 290 < left <= 300
        owner.execute("UPDATE password_resets SET expires_at = now()")
    with pytest.raises(ResetLinkExpired):
        reset(shop, token)
    with psycopg.connect(databases.owner_dsn) as owner:
        assert owner.execute("SELECT count(*) FROM password_resets").fetchone() == (0,)
    with pytest.raises(NoSuchResetLink):
        reset(shop, token)
    assert signs_in(shop, jo.email, PASSWORD)


def test_a_password_that_is_refused_leaves_the_link_good(shop: Shop, jo: Person, resets: PasswordResets) -> None:
    token = resets.issue(jo.person_id, ask(shop))
    with pytest.raises(WeakPassword) as refused:
        reset(shop, token, "jo@shop.test")
    assert refused.value.extra["complaints"] == ["The password is too similar to the email address."]
    with pytest.raises(WeakPassword):
        reset(shop, token, "short", "native")
    reset(shop, token)


def test_nobody_asks_for_nobody_and_for_nobody_who_is_shut_out(shop: Shop, jo: Person, resets: PasswordResets) -> None:
    with pytest.raises(NoSuchAccount):
        ask(shop, "al@shop.test")
    token = resets.issue(jo.person_id, ask(shop))
    shop.do(DeactivateAccount(person_id=jo.person_id))
    with pytest.raises(NoSuchAccount):
        ask(shop)
    with pytest.raises(NoSuchResetLink):
        reset(shop, token)


# -- addresses ------------------------------------------------------------------------------------


def test_a_new_address_signs_in_and_the_old_one_is_free(shop: Shop, jo: Person, resets: PasswordResets) -> None:
    verification = OneTimeTokens(shop.write_side.log).issue(jo.person_id, VERIFY_EMAIL, timedelta(hours=1))
    link = resets.issue(jo.person_id, ask(shop))
    shop.do(ChangeEmail(email="New@Shop.test"), jo)
    assert signs_in(shop, "new@shop.test", PASSWORD) and not signs_in(shop, "jo@shop.test", PASSWORD)
    assert OneTimeTokens(shop.write_side.log).find(verification, VERIFY_EMAIL) is None
    with pytest.raises(NoSuchResetLink):
        reset(shop, link)
    al = shop.person(email="jo@shop.test")
    with pytest.raises(EmailTaken):
        shop.do(ChangeEmail(email="JO@shop.test"), jo)
    shop.do(ChangeEmail(email="al@shop.test"), al)
    shop.do(ChangeEmail(email="jo@shop.test"), jo)
    assert shop.do(ChangeEmail(email="JO@SHOP.test"), jo).events == []


def test_address_and_profile_change_together_or_not_at_all(shop: Shop, jo: Person) -> None:
    shop.person(email="al@shop.test")
    details = {"phone": "+15551234567"}
    with pytest.raises(EmailTaken):
        shop.do(UpdateProfile(email="al@shop.test", contact_details=details), jo)
    with shop.write_side.log.connection() as conn:
        assert conn.execute("SELECT count(*) FROM phones").fetchone() == (0,)
    changed = shop.do(UpdateProfile(email="new@shop.test", contact_details=details), jo)
    assert [topic for _, _, topic in changed.events] == ["account.email-changed", "account.profile-changed"]
    stored = "".join(str(bytes(e.state)) for e in shop.write_side.log.select_events(ACCOUNT.stream(jo.person_id)))
    assert "5551234567" not in stored and "new@shop.test" not in stored


# -- reminders ------------------------------------------------------------------------------------


@pytest.fixture
def sent() -> list[tuple[str, str]]:
    return []


def reminders_of(shop: Shop, sent: list[tuple[str, str]]) -> Reminders:
    def phone_hash(phone: str) -> str:
        return shop.write_side.services.lookup_hash("phone", phone)

    return Reminders(shop.write_side.log, shop.write_side.sign_in, phone_hash, lambda to, body: sent.append((to, body)))


def test_a_number_leads_to_its_person_alone(shop: Shop, jo: Person, sent: list[tuple[str, str]]) -> None:
    remind = reminders_of(shop, sent).remind
    with pytest.raises(NoSuchAccount):
        remind("+15551234567")
    shop.do(UpdateProfile(contact_details={"phone": "+1 555 123-4567"}), jo)
    remind("+15551234567")
    [(to, body)] = sent
    assert to == "+15551234567" and "j****@shop.test" in body and "jo@" not in body
    shop.do(UpdateProfile(first_name="Jo"), jo)  # what is not sent stays
    remind("+15551234567")
    shop.do(UpdateProfile(contact_details={"phone": "+4930123456"}), jo)
    with pytest.raises(NoSuchAccount):
        remind("+15551234567")
    shop.do(UpdateProfile(contact_details=None), jo)
    with pytest.raises(NoSuchAccount):
        remind("+4930123456")
    assert len(sent) == 2


def test_who_is_shut_out_is_not_reminded_and_the_next_one_is(
    shop: Shop, jo: Person, sent: list[tuple[str, str]]
) -> None:
    al = shop.person(email="al@shop.test")
    for person in (jo, al):
        shop.do(UpdateProfile(contact_details={"phone": "+15551234567"}), person)
    shop.do(DeactivateAccount(person_id=jo.person_id))
    reminders_of(shop, sent).remind("+15551234567")
    assert "a****@shop.test" in sent[0][1]


def test_a_provider_that_fails_says_so(shop: Shop, jo: Person) -> None:
    def fail(to: str, body: str) -> None:
        raise SmsNotSent

    shop.do(UpdateProfile(contact_details={"phone": "+15551234567"}), jo)
    service = shop.write_side.services
    failing = reminders.Reminders(
        shop.write_side.log, shop.write_side.sign_in, lambda phone: service.lookup_hash("phone", phone), fail
    )
    with pytest.raises(SmsNotSent):
        failing.remind("+15551234567")


# -- Google ---------------------------------------------------------------------------------------


def google(shop: Shop, subject: str, email: str) -> dict[str, object]:
    return shop.do(SignInWithGoogle(subject=subject, email=email, email_verified=True), GOOGLE).result


def test_google_finds_makes_and_remembers_people(shop: Shop, jo: Person, databases: Databases) -> None:
    assert google(shop, "1", "Jo@shop.test") == {"person_id": jo.person_id, "created": False}
    assert not signs_in(shop, jo.email, PASSWORD)  # the address was never shown to be theirs
    made = google(shop, "2", "al@shop.test")
    assert made["created"] and google(shop, "2", "else@shop.test")["person_id"] == made["person_id"]
    identity = shop.write_side.sign_in.identity(int(str(made["person_id"])))
    assert identity is not None and (identity.email, identity.roles, identity.verified) == ("al@shop.test", set(), True)
    with psycopg.connect(databases.owner_dsn) as owner:
        stored = str(owner.execute("SELECT * FROM names").fetchall())
        keyed = owner.execute("SELECT count(*) FROM names WHERE kind = 'google'").fetchone()
    assert keyed == (2,) and "al@shop.test" not in stored
