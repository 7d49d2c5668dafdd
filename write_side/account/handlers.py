"""Which streams the accounts' commands read and write, and what is prepared before the bus: hashing
is slow, and sealing needs the person's key."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from write_side import past
from write_side.account import commands as ask
from write_side.account import decide
from write_side.account.erasure import forget
from write_side.account.events import AccountImported, AccountRegistered, PasswordChanged
from write_side.account.state import ACCOUNT, Account
from write_side.messages import Actor
from write_side.policies import REGISTRATIONS
from write_side.refusals import Invalid, Unauthenticated
from write_side.secrets.refresh_tokens import END_SESSIONS
from write_side.values import Sealed
from write_side.work import Work, handles

SET_CREDENTIAL = """INSERT INTO credentials (person_id, password_hash) VALUES (%s, %s)
    ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash,
    changed_at = now()"""


class Services(Protocol):
    """What preparation needs; `storefold/bootstrap.py` provides it."""

    def new_id(self) -> int: ...
    def seal(self, person_id: int, text: str) -> Sealed: ...
    def email_hash(self, email: str) -> str: ...
    def hash_password(self, password: str) -> str: ...
    def check_password(self, person_id: int, password: str) -> bool: ...
    def reach_keys(self) -> None: ...
    def destroy_key(self, person_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class _Registration:
    event: AccountRegistered
    password_hash: str


def _prepare_registration(command: ask.RegisterAccount, actor: Actor, services: Services) -> _Registration:
    person_id = services.new_id()

    def seal(text: str) -> Sealed:
        return services.seal(person_id, text)

    event = AccountRegistered(
        person_id=person_id,
        email=seal(command.email),
        email_hash=services.email_hash(command.email),
        first_name=seal(command.first_name),
        last_name=seal(command.last_name),
        phone_number=seal(command.phone_number) if command.phone_number else None,
        roles=tuple(dict.fromkeys(command.roles)),
        confirm=REGISTRATIONS[command.policy].confirms,
    )
    return _Registration(event, services.hash_password(command.password.get_secret_value()))


@handles(ask.RegisterAccount, _prepare_registration)
def register_account(command: ask.RegisterAccount, work: Work) -> dict[str, Any]:
    registered: AccountRegistered = work.prepared.event
    person_id = registered.person_id
    work.claim("email", registered.email_hash, person_id, decide.EmailTaken())
    work.begin(ACCOUNT, person_id, [registered])
    work.also(SET_CREDENTIAL, person_id, work.prepared.password_hash)
    return {"person_id": person_id}


@handles(ask.ImportCustomer)
def import_customer(command: ask.ImportCustomer, work: Work) -> dict[str, Any]:
    known = past.recorded(work, "customer", command.source, command.reference)
    if known is not None:
        return {"person_id": known}
    person_id = work.new_id()
    past.name(work, "customer", command.source, command.reference, person_id)
    imported = AccountImported(
        person_id=person_id, source=command.source, reference=command.reference, country=command.country
    )
    work.begin(ACCOUNT, person_id, [imported])
    return {"person_id": person_id}


@handles(ask.VerifyEmail)
def verify_email(command: ask.VerifyEmail, work: Work) -> dict[str, Any]:
    account = work.state(ACCOUNT, command.person_id)
    work.record(ACCOUNT, command.person_id, decide.verify_email(account))
    return {}


def _prepare_password(command: ask.ChangePassword, actor: Actor, services: Services) -> str:
    if actor.person_id is None:
        raise Unauthenticated
    if not services.check_password(actor.person_id, command.old_password.get_secret_value()):
        raise decide.WrongPassword
    return services.hash_password(command.new_password.get_secret_value())


@handles(ask.ChangePassword, _prepare_password)
def change_password(command: ask.ChangePassword, work: Work) -> dict[str, Any]:
    me = mine(work).person_id
    work.record(ACCOUNT, me, [PasswordChanged(person_id=me)])
    work.also(SET_CREDENTIAL, me, work.prepared)
    work.also(END_SESSIONS, me)
    return {}


def _prepare_address(command: ask.AddAddress, actor: Actor, services: Services) -> Sealed:
    if actor.person_id is None:
        raise Unauthenticated
    fields = command.model_dump(exclude={"address_type", "is_default"})
    return services.seal(actor.person_id, json.dumps(fields, ensure_ascii=False))


@handles(ask.AddAddress, _prepare_address)
def add_address(command: ask.AddAddress, work: Work) -> dict[str, Any]:
    account = mine(work)
    address_id = work.new_id()
    events = decide.add_address(account, address_id, command.address_type, command.is_default, work.prepared)
    work.record(ACCOUNT, account.person_id, events)
    return {"address_id": address_id, "added_at": work.now}


@handles(ask.RemoveAddress)
def remove_address(command: ask.RemoveAddress, work: Work) -> dict[str, Any]:
    account = mine(work)
    events = decide.remove_address(account, command.address_id)
    work.record(ACCOUNT, account.person_id, events)
    return {}


@handles(ask.GrantRole)
def grant_role(command: ask.GrantRole, work: Work) -> dict[str, Any]:
    account = work.state(ACCOUNT, command.person_id)
    events = decide.grant_role(account, command.role, work.actor)
    work.record(ACCOUNT, command.person_id, events)
    return {"roles": sorted(work.state(ACCOUNT, command.person_id).roles)}


@handles(ask.RevokeRole)
def revoke_role(command: ask.RevokeRole, work: Work) -> dict[str, Any]:
    account = work.state(ACCOUNT, command.person_id)
    events = decide.revoke_role(account, command.role, work.actor)
    work.record(ACCOUNT, command.person_id, events)
    return {"roles": sorted(work.state(ACCOUNT, command.person_id).roles)}


@handles(ask.DeactivateAccount)
def deactivate_account(command: ask.DeactivateAccount, work: Work) -> dict[str, Any]:
    account = work.state(ACCOUNT, command.person_id)
    work.record(ACCOUNT, command.person_id, decide.deactivate(account, work.actor))
    return {}


@handles(ask.ReactivateAccount)
def reactivate_account(command: ask.ReactivateAccount, work: Work) -> dict[str, Any]:
    account = work.state(ACCOUNT, command.person_id)
    work.record(ACCOUNT, command.person_id, decide.reactivate(account, work.actor))
    return {}


def _prepare_deletion(command: ask.DeleteAccount, actor: Actor, services: Services) -> None:
    services.reach_keys()  # while nobody can destroy a key nobody is told that it is gone


def _destroy_key(result: dict[str, Any], services: Services) -> None:
    """A worker does it, too: should this process die here."""
    services.destroy_key(result["person_id"])


@handles(ask.DeleteAccount, _prepare_deletion, after=_destroy_key)
def delete_account(command: ask.DeleteAccount, work: Work) -> dict[str, Any]:
    person_id = command.person_id or work.actor.person_id
    if person_id is None:
        raise Invalid("say whose account", field="person_id")
    account = work.state(ACCOUNT, person_id)
    events = decide.erase(account, work.actor)
    work.record(ACCOUNT, person_id, events)
    if events:
        forget(work, account)
    return {"person_id": person_id}


def customer(work: Work, source: str, reference: str | None, person_id: int | None) -> int | None:
    """Whose past business it is: a customer of the source, or a person of this shop; None: a guest's.
    Raises NoSuchAccount."""
    if reference is not None:
        person_id = past.recorded(work, "customer", source, reference)
        if person_id is None:
            raise decide.NoSuchAccount(f"no customer {reference} was imported from {source}", reference=reference)
    elif person_id is not None:
        decide.ensure_exists(work.state(ACCOUNT, person_id))
    return person_id


def mine(work: Work) -> Account:
    """The caller's own account; the bus has made sure that somebody is signed in."""
    assert work.actor.person_id is not None
    return work.state(ACCOUNT, work.actor.person_id)
