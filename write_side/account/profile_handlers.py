"""How a person's own account changes: address, profile and picture, in one append."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from write_side.account import commands as ask
from write_side.account import decide
from write_side.account.events import ProfileChanged
from write_side.account.handlers import mine
from write_side.account.phones import phone_in
from write_side.account.picture import set_picture
from write_side.account.state import ACCOUNT, Account
from write_side.messages import Actor, Event
from write_side.policies import REGISTRATIONS
from write_side.refusals import Unauthenticated
from write_side.secrets import password_resets
from write_side.values import Sealed
from write_side.work import Work, handles

SET_PHONE = """INSERT INTO phones (person_id, phone_hash) VALUES (%s, %s)
    ON CONFLICT (person_id) DO UPDATE SET phone_hash = excluded.phone_hash"""
NO_PHONE = "DELETE FROM phones WHERE person_id = %s"


class Services(Protocol):
    """What preparation needs; `storefold/bootstrap.py` provides it."""

    def seal(self, person_id: int, text: str) -> Sealed: ...
    def email_hash(self, email: str) -> str: ...
    def lookup_hash(self, kind: str, value: str) -> str: ...


@dataclass(frozen=True, slots=True)
class _Profile:
    """The fields of ProfileChanged that are sent, and the address with its hash."""

    changed: dict[str, Any]
    email: tuple[Sealed, str] | None = None


def _prepare_email(command: ask.ChangeEmail, actor: Actor, services: Services) -> _Profile:
    if actor.person_id is None:
        raise Unauthenticated
    return _Profile({}, (services.seal(actor.person_id, command.email), services.email_hash(command.email)))


def _prepare_profile(command: ask.UpdateProfile, actor: Actor, services: Services) -> _Profile:
    me = actor.person_id
    if me is None:
        raise Unauthenticated

    def seal(value: Any) -> Sealed:
        return services.seal(me, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))

    sent = command.model_dump(exclude_unset=True, exclude={"email", "policy", "picture"})
    changed: dict[str, Any] = {field: seal(value) for field, value in sent.items() if value is not None}
    # Names cannot be taken away, only emptied; these can.
    changed |= {field: None for field in ("phone_number", "contact_details") if sent.get(field, "") is None}
    if "contact_details" in sent:
        phone = phone_in(sent["contact_details"])
        changed["phone_hash"] = services.lookup_hash("phone", phone) if phone is not None else None
    if command.email is None:
        return _Profile(changed)
    return _Profile(changed, (seal(command.email), services.email_hash(command.email)))


@handles(ask.UpdateProfile, _prepare_profile)
def update_profile(command: ask.UpdateProfile, work: Work) -> dict[str, Any]:
    account = _change(command, work)
    picture = command.picture
    gone = set_picture(work, account, picture.key, picture.size) if picture is not None else []
    return {"person_id": account.person_id, "keys": gone}


@handles(ask.ChangeEmail, _prepare_email)
def change_email(command: ask.ChangeEmail, work: Work) -> dict[str, Any]:
    return {"person_id": _change(command, work).person_id}


def _change(command: ask.UpdateProfile | ask.ChangeEmail, work: Work) -> Account:
    account = mine(work)
    prepared: _Profile = work.prepared
    events: list[Event] = []
    if prepared.email is not None:
        events += _change_email(work, account, *prepared.email, REGISTRATIONS[command.policy].confirms)
    # Sealing the same text twice gives other bytes, so an unchanged value is recorded again.
    if prepared.changed:
        events.append(ProfileChanged(person_id=account.person_id, **prepared.changed))
    work.record(ACCOUNT, account.person_id, events)
    if (phone_hash := prepared.changed.get("phone_hash", "")) is None:
        work.also(NO_PHONE, account.person_id)
    elif phone_hash:
        work.also(SET_PHONE, account.person_id, phone_hash)
    return account


def _change_email(work: Work, account: Account, email: Sealed, email_hash: str, confirm: bool) -> list[Event]:
    events = decide.change_email(account, email, email_hash, confirm)
    if events:
        me = account.person_id
        work.claim("email", email_hash, me, decide.EmailTaken())
        if account.email_hash:
            work.release("email", account.email_hash)
        # Links that went to the old address are not for whoever reads its mail.
        work.also("DELETE FROM one_time_tokens WHERE person_id = %s", me)
        work.also(password_resets.CLOSE, me)
    return events
