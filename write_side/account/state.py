"""What the rules need to know of an account. Personal values stay sealed."""

import msgspec
from msgspec import UNSET

from write_side.account.events import (
    AccountDeactivated,
    AccountErased,
    AccountImported,
    AccountReactivated,
    AccountRegistered,
    AddressAdded,
    AddressRemoved,
    DefaultAddressChanged,
    EmailChanged,
    EmailVerified,
    GoogleLinked,
    PasswordChanged,
    PasswordResetRequested,
    ProfileChanged,
    ProfilePictureRemoved,
    ProfilePictureSet,
    RoleGranted,
    RoleRevoked,
)
from write_side.messages import Event
from write_side.values import Sealed
from write_side.work import Aggregate


class Address(msgspec.Struct, frozen=True):
    address_type: str
    is_default: bool
    address: Sealed


class Account(msgspec.Struct, frozen=True, kw_only=True):
    person_id: int = 0
    email: Sealed = Sealed("")
    email_hash: str = ""
    first_name: Sealed = Sealed("")
    last_name: Sealed = Sealed("")
    phone_number: Sealed | None = None
    roles: frozenset[str] = frozenset()
    verified: bool = False
    active: bool = False
    erased: bool = False
    addresses: dict[int, Address] = {}
    google_subjects: frozenset[str] = frozenset()  # keyed hashes
    resets: int = 0  # how often a link for a new password was asked for
    reset_open: bool = False  # the last of them is still good, unless it has expired
    picture: str | None = None  # its key

    @property
    def exists(self) -> bool:
        return self.person_id != 0 and not self.erased


_replace = msgspec.structs.replace


def evolve(account: Account, event: Event) -> Account:
    match event:
        case AccountRegistered():
            return Account(
                person_id=event.person_id,
                email=event.email,
                email_hash=event.email_hash,
                first_name=event.first_name,
                last_name=event.last_name,
                phone_number=event.phone_number,
                roles=frozenset(event.roles),
                active=True,
            )
        case AccountImported():
            return Account(person_id=event.person_id, roles=frozenset({"buyer"}), active=True)
        case EmailVerified():
            return _replace(account, verified=True)
        case EmailChanged():
            # Links that went to the old address are not for whoever reads the new one's mail, nor the reverse.
            return _replace(account, email=event.email, email_hash=event.email_hash, verified=False, reset_open=False)
        case PasswordResetRequested():
            return _replace(account, resets=event.number, reset_open=True)
        case PasswordChanged():
            return _replace(account, reset_open=False)
        case GoogleLinked():
            return _replace(account, google_subjects=account.google_subjects | {event.subject_hash})
        case ProfileChanged():
            fields = ("first_name", "last_name", "phone_number")
            changes = {f: v for f in fields if (v := getattr(event, f)) is not UNSET}
            return _replace(account, **changes)
        case ProfilePictureSet():
            return _replace(account, picture=event.key)
        case ProfilePictureRemoved():
            return _replace(account, picture=None)
        case AddressAdded():
            address = Address(event.address_type, event.is_default, event.address)
            return _replace(account, addresses={**account.addresses, event.address_id: address})
        case DefaultAddressChanged():
            known = account.addresses.get(event.address_id)
            if known is None:
                return account
            address = _replace(known, is_default=event.is_default)
            return _replace(account, addresses={**account.addresses, event.address_id: address})
        case AddressRemoved():
            rest = {k: v for k, v in account.addresses.items() if k != event.address_id}
            return _replace(account, addresses=rest)
        case RoleGranted():
            return _replace(account, roles=account.roles | {event.role})
        case RoleRevoked():
            return _replace(account, roles=account.roles - {event.role})
        case AccountDeactivated():
            return _replace(account, active=False)
        case AccountReactivated():
            return _replace(account, active=True)
        case AccountErased():
            # Everything else is as if it had never been there: what comes to accounts later is gone, too.
            return Account(person_id=event.person_id, erased=True)
        case _:
            return account


ACCOUNT = Aggregate("account", Account(), evolve)
