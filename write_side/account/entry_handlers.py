"""How those come in who cannot sign in with a password. What is secret is looked up and hashed before the bus; that a
link is used once, and who a Google account belongs to, is decided in the append."""

import secrets
from dataclasses import dataclass
from typing import Any, Protocol

from write_side.account import decide
from write_side.account import entry_commands as ask
from write_side.account.events import (
    AccountRegistered,
    EmailVerified,
    GoogleLinked,
    LoginLinkRequested,
    PasswordChanged,
    PasswordResetRequested,
)
from write_side.account.handlers import SET_CREDENTIAL
from write_side.account.state import ACCOUNT
from write_side.messages import Actor, Event
from write_side.policies import PASSWORDS
from write_side.refusals import Unauthenticated
from write_side.secrets import password_resets
from write_side.secrets.password_resets import Reset
from write_side.secrets.refresh_tokens import END_SESSIONS
from write_side.values import Sealed
from write_side.work import Work, handles


class Services(Protocol):
    """What preparation needs; `storefold/bootstrap.py` provides it."""

    def new_id(self) -> int: ...
    def seal(self, person_id: int, text: str) -> Sealed: ...
    def email_hash(self, email: str) -> str: ...
    def lookup_hash(self, kind: str, value: str) -> str: ...
    def hash_password(self, password: str) -> str: ...
    def find_reset(self, token: str) -> Reset | None: ...
    def email_of(self, person_id: int) -> str | None: ...
    def known(self, *names: tuple[str, str]) -> bool: ...


# -- a new password by mail -----------------------------------------------------------------------


def _prepare_request(command: ask.RequestPasswordReset, actor: Actor, services: Services) -> str:
    return services.email_hash(command.email)


@handles(ask.RequestPasswordReset, _prepare_request)
def request_password_reset(command: ask.RequestPasswordReset, work: Work) -> dict[str, Any]:
    person_id = work.owner("email", work.prepared)
    account = work.state(ACCOUNT, person_id) if person_id is not None else None
    if account is None or not account.active:
        raise decide.NoSuchAccount
    number = account.resets + 1
    work.record(ACCOUNT, account.person_id, [PasswordResetRequested(person_id=account.person_id, number=number)])
    work.also(password_resets.OPEN, account.person_id, number)
    return {}


@dataclass(frozen=True, slots=True)
class _NewPassword:
    reset: Reset
    password_hash: str


def _prepare_reset(command: ask.ResetPassword, actor: Actor, services: Services) -> _NewPassword:
    reset = services.find_reset(command.token.get_secret_value())
    email = services.email_of(reset.person_id) if reset is not None else None
    if reset is None or email is None:
        raise decide.NoSuchResetLink
    if reset.expired:
        raise decide.ResetLinkExpired
    password = command.password.get_secret_value()
    complaints = PASSWORDS[command.policy].complaints(password, email)
    if complaints:
        raise decide.WeakPassword("; ".join(complaints), field="password", complaints=complaints)
    return _NewPassword(reset, services.hash_password(password))


@handles(ask.ResetPassword, _prepare_reset)
def reset_password(command: ask.ResetPassword, work: Work) -> dict[str, Any]:
    reset: Reset = work.prepared.reset
    events = decide.reset_password(work.state(ACCOUNT, reset.person_id), reset.number)
    work.record(ACCOUNT, reset.person_id, events)
    work.also(SET_CREDENTIAL, reset.person_id, work.prepared.password_hash)
    work.also(password_resets.CLOSE, reset.person_id)
    work.also(END_SESSIONS, reset.person_id)
    return {}


# -- through Google -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Google:
    """`registration`: of the account that there is none of yet. `password_hash`: of a password that nobody knows."""

    subject_hash: str
    email_hash: str
    password_hash: str
    registration: AccountRegistered | None


def _prepare_google(command: ask.SignInWithGoogle, actor: Actor, services: Services) -> _Google:
    subject_hash = services.lookup_hash("google", command.subject)
    email_hash = services.email_hash(command.email)
    registration = None
    if not services.known(("google", subject_hash), ("email", email_hash)):
        person_id = services.new_id()
        registration = AccountRegistered(
            person_id=person_id,
            email=services.seal(person_id, command.email),
            email_hash=email_hash,
            first_name=services.seal(person_id, command.first_name),
            last_name=services.seal(person_id, command.last_name),
            roles=(),
            confirm=False,
            google=True,
        )
    return _Google(subject_hash, email_hash, services.hash_password(secrets.token_urlsafe(32)), registration)


@handles(ask.SignInWithGoogle, _prepare_google)
def sign_in_with_google(command: ask.SignInWithGoogle, work: Work) -> dict[str, Any]:
    google: _Google = work.prepared
    linked = work.owner("google", google.subject_hash)
    if linked is not None:
        return _let_in(work, linked, [])
    if not command.email_verified:
        raise decide.UnverifiedGoogleAddress
    known = work.owner("email", google.email_hash)
    if known is None:
        return _register(work, google)
    link = GoogleLinked(person_id=known, subject_hash=google.subject_hash)
    work.claim("google", google.subject_hash, known, decide.AccountIsGone())
    if work.state(ACCOUNT, known).verified:
        return _let_in(work, known, [link])
    # Whoever registered with this address never showed that it is theirs, and could have set a trap for its owner:
    # from here on the account is the owner's alone.
    work.also(SET_CREDENTIAL, known, google.password_hash)
    work.also(password_resets.CLOSE, known)
    work.also(END_SESSIONS, known)
    return _let_in(work, known, [link, EmailVerified(person_id=known), PasswordChanged(person_id=known)])


def _let_in(work: Work, person_id: int, events: list[Event]) -> dict[str, Any]:
    if not work.state(ACCOUNT, person_id).active:
        raise Unauthenticated("the account is not active")
    work.record(ACCOUNT, person_id, events)
    return {"person_id": person_id, "created": False}


def _register(work: Work, google: _Google) -> dict[str, Any]:
    registered = google.registration
    if registered is None:  # its account was there a moment ago
        raise decide.AccountIsGone
    person_id = registered.person_id
    work.claim("email", google.email_hash, person_id, decide.AccountIsGone())
    work.claim("google", google.subject_hash, person_id, decide.AccountIsGone())
    link = GoogleLinked(person_id=person_id, subject_hash=google.subject_hash)
    mailed = LoginLinkRequested(person_id=person_id)
    work.begin(ACCOUNT, person_id, [registered, EmailVerified(person_id=person_id), link, mailed])
    work.also(SET_CREDENTIAL, person_id, google.password_hash)
    return {"person_id": person_id, "created": True}
