"""Who comes in without a password: links, Google, sessions, and what finds a person by telephone; both verdicts."""

import pytest
from support.given import World, given

from write_side.account import decide
from write_side.account.entry_commands import SignInWithGoogle
from write_side.account.entry_handlers import _Google
from write_side.account.events import (
    AccountDeactivated,
    AccountRegistered,
    EmailChanged,
    EmailVerified,
    GoogleLinked,
    LoginLinkRequested,
    PasswordChanged,
    PasswordResetRequested,
)
from write_side.account.phones import e164, phone_in
from write_side.account.reminders import masked
from write_side.account.state import ACCOUNT, Account
from write_side.messages import Actor, Event
from write_side.refusals import Unauthenticated
from write_side.session import decide as sessions
from write_side.session.commands import BeginSession
from write_side.session.events import SessionBegan, SessionEnded
from write_side.session.state import SESSION
from write_side.values import Sealed

JO = AccountRegistered(
    person_id=3, email=Sealed("e"), email_hash="h", first_name=Sealed("f"), last_name=Sealed("l"), roles=()
)
NEW = AccountRegistered(
    person_id=9,
    email=Sealed("e"),
    email_hash="h9",
    first_name=Sealed("f"),
    last_name=Sealed("l"),
    roles=(),
    google=True,
)
GOOGLE = Actor(service="google")


def account(*events: Event) -> Account:
    return given(ACCOUNT, JO, *events)


def asked(number: int) -> PasswordResetRequested:
    return PasswordResetRequested(person_id=3, number=number)


def test_the_newest_link_sets_a_password_once() -> None:
    changed = PasswordChanged(person_id=3)
    assert decide.reset_password(account(asked(1)), 1) == [changed]
    assert decide.reset_password(account(asked(1), asked(2)), 2) == [changed]
    for events, number in (
        ((asked(1), asked(2)), 1),  # replaced
        ((asked(1), changed), 1),  # used, or the password was changed otherwise
        ((asked(1), EmailChanged(person_id=3, email=Sealed("n"), email_hash="n")), 1),
        ((asked(1), AccountDeactivated(person_id=3)), 1),
        ((), 0),
    ):
        with pytest.raises(decide.NoSuchResetLink):
            decide.reset_password(account(*events), number)


def test_an_address_changes_and_is_not_verified_then() -> None:
    new = EmailChanged(person_id=3, email=Sealed("n"), email_hash="n", confirm=False)
    assert decide.change_email(account(), Sealed("n"), "n", confirm=False) == [new]
    assert decide.change_email(account(), Sealed("again"), "h", confirm=True) == []
    assert account(EmailVerified(person_id=3)).verified
    assert not account(EmailVerified(person_id=3), new).verified


# -- Google ---------------------------------------------------------------------------------------


def google(
    world: World, verified: bool = True, registration: AccountRegistered | None = None, email: str = "h"
) -> list[Event]:
    command = SignInWithGoogle(subject="77", email="jo@shop.test", email_verified=verified)
    return world.when(command, GOOGLE, _Google("g", email, "random", registration)).events


def shop_with(*events: Event) -> World:
    world = World()
    world.has(ACCOUNT, 3, JO, *events)
    world._names[("email", "h")] = 3
    return world


LINK = GoogleLinked(person_id=3, subject_hash="g")


def test_a_known_address_is_linked_once() -> None:
    world = shop_with(EmailVerified(person_id=3))
    assert google(world) == [LINK]
    assert google(world) == []
    # From here on it is the Google account that counts, whatever address it has.
    assert google(world, verified=False, email="other") == []


def test_who_registered_with_somebody_else_s_address_has_nothing_of_it() -> None:
    assert google(shop_with()) == [LINK, EmailVerified(person_id=3), PasswordChanged(person_id=3)]


def test_an_address_that_google_has_not_verified_names_nobody() -> None:
    with pytest.raises(decide.UnverifiedGoogleAddress):
        google(shop_with(), verified=False)
    with pytest.raises(decide.UnverifiedGoogleAddress):
        google(World(), verified=False, registration=NEW)


def test_who_is_new_gets_an_account_and_a_link() -> None:
    happened = google(World(), registration=NEW, email="h9")
    assert happened == [
        NEW,
        EmailVerified(person_id=9),
        GoogleLinked(person_id=9, subject_hash="g"),
        LoginLinkRequested(person_id=9),
    ]


def test_who_is_shut_out_is_not_let_in_by_google() -> None:
    with pytest.raises(Unauthenticated):
        google(shop_with(AccountDeactivated(person_id=3)))
    with pytest.raises(Unauthenticated):
        google(shop_with(EmailVerified(person_id=3), AccountDeactivated(person_id=3)))


def test_what_changed_under_google_s_hand_is_tried_again() -> None:
    with pytest.raises(decide.AccountIsGone):
        google(World(), registration=None)
    taken = World()
    taken._names |= {("google", "g"): None, ("email", "h9"): None}
    assert google(taken, registration=NEW, email="h9")


# -- sessions -------------------------------------------------------------------------------------


def test_a_session_ends_once() -> None:
    began = SessionBegan(session_id=5, person_id=3, surface="martaff", remember=True, method="password")
    ended = SessionEnded(session_id=5, person_id=3, reason="signed-out")
    assert sessions.end(given(SESSION, began), 5, "signed-out") == [ended]
    for events in ((began, ended), ()):
        with pytest.raises(sessions.SessionIsOver):
            sessions.end(given(SESSION, *events), 5, "signed-out")


def test_who_is_shut_out_begins_no_session() -> None:
    begin = BeginSession(person_id=3, surface="martaff", method="password", token_hash="0" * 64)
    assert [type(event) for event in shop_with().when(begin, GOOGLE).events] == [SessionBegan]
    with pytest.raises(Unauthenticated):
        shop_with(AccountDeactivated(person_id=3)).when(begin, GOOGLE)
    with pytest.raises(Unauthenticated):
        World().when(begin, GOOGLE)


# -- telephone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["+1", "+15551234567", "+123456789012345"])
def test_a_number_in_e164(number: str) -> None:
    assert e164(number) == number


@pytest.mark.parametrize("number", ["", "+", "+0123", "15551234567", "+1234567890123456", "+1 555", "+1\n", "+١٢٣"])
def test_what_is_no_number_in_e164(number: str) -> None:
    assert e164(number) is None


def test_a_number_is_found_however_it_is_spaced() -> None:
    assert phone_in({"phone": " +1 (555) 123-45.67"}) == "+15551234567"
    for details in (None, {}, {"phone": 5}, {"phone": None}, {"phone": "call me"}, {"telephone": "+15551234567"}):
        assert phone_in(details) is None


@pytest.mark.parametrize(("email", "shown"), [("john@domain.com", "j****@domain.com"), ("j@x.de", "j****@x.de")])
def test_a_masked_address_shows_where_and_not_who(email: str, shown: str) -> None:
    assert masked(email) == shown
