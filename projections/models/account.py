"""`accounts`: a person's profile, roles and address book, by person."""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from projections.model import Entry, Model, Moment, Opener, Ranked
from projections.models.personal import open_address, open_object, open_text
from read_side.documents.person import ERASED, Account, BookedAddress, Picture
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
    PasswordChanged,
    ProfileChanged,
    ProfilePictureRemoved,
    ProfilePictureSet,
    RoleGranted,
    RoleRevoked,
)


def imported(account: Account, event: AccountImported, when: Moment) -> None:
    """A customer of past business: nobody signs in as this person, who has no personal values here."""
    account.created = when.position
    account.created_at = account.updated_at = when.at
    account.source = event.source
    account.reference = event.reference
    account.country = event.country
    account.active = True
    account.roles = ["buyer"]


def email_verified(account: Account, _event: EmailVerified, when: Moment) -> None:
    account.verified = True
    account.updated_at = when.at


def password_changed(account: Account, _event: PasswordChanged, when: Moment) -> None:
    account.password_changed_at = when.at
    account.updated_at = when.at


def picture_set(account: Account, event: ProfilePictureSet, when: Moment) -> None:
    account.profile_picture = Picture(event.key, event.content_type, event.size, when.at)
    account.updated_at = when.at


def picture_removed(account: Account, _event: ProfilePictureRemoved, when: Moment) -> None:
    account.profile_picture = None
    account.updated_at = when.at


def default_address_changed(account: Account, event: DefaultAddressChanged, when: Moment) -> None:
    account.addresses[event.address_id].is_default = event.is_default
    account.updated_at = when.at


def address_removed(account: Account, event: AddressRemoved, when: Moment) -> None:
    del account.addresses[event.address_id]
    account.updated_at = when.at


def role_granted(account: Account, event: RoleGranted, when: Moment) -> None:
    account.roles = sorted({*account.roles, event.role})
    account.updated_at = when.at


def role_revoked(account: Account, event: RoleRevoked, when: Moment) -> None:
    account.roles = [role for role in account.roles if role != event.role]
    account.updated_at = when.at


def deactivated(account: Account, _event: AccountDeactivated, when: Moment) -> None:
    account.active = False
    account.updated_at = when.at


def reactivated(account: Account, _event: AccountReactivated, when: Moment) -> None:
    account.active = True
    account.updated_at = when.at


STAYS = ("person_id", "position", "created", "created_at", "source", "reference", "country")
"""What a deleted account keeps: that there was one, since when, and the number in somebody else's books by which past
business is not brought in twice. Whatever is not named here goes, so that nothing is kept by oversight."""


def erased(account: Account, _event: AccountErased, when: Moment) -> None:
    blank = Account(person_id=account.person_id, email=ERASED, first_name=ERASED, last_name=ERASED, deleted=True)
    for field in msgspec.structs.fields(Account):
        if field.name not in STAYS:
            setattr(account, field.name, getattr(blank, field.name))
    account.updated_at = when.at


def entries(account: Account) -> Iterator[Entry]:
    """All accounts, and those of each role, in the order of registration."""
    if not account.created or account.deleted:
        return
    yield Ranked("all", account.created)
    for role in account.roles:
        yield Ranked(f"role:{role}", account.created)


def accounts(opener: Opener) -> Model[Account]:
    def registered(account: Account, event: AccountRegistered, when: Moment) -> None:
        account.created = when.position
        account.created_at = account.updated_at = when.at
        account.email = open_text(opener, event.email)
        account.first_name = open_text(opener, event.first_name)
        account.last_name = open_text(opener, event.last_name)
        if event.phone_number is not None:
            account.phone_number = open_text(opener, event.phone_number)
        account.roles = sorted(event.roles)
        account.google = event.google
        account.active = True

    def email_changed(account: Account, event: EmailChanged, when: Moment) -> None:
        account.email = open_text(opener, event.email)
        account.verified = False
        account.updated_at = when.at

    def profile_changed(account: Account, event: ProfileChanged, when: Moment) -> None:
        if event.first_name is not UNSET:
            account.first_name = open_text(opener, event.first_name)
        if event.last_name is not UNSET:
            account.last_name = open_text(opener, event.last_name)
        if event.phone_number is not UNSET:
            phone = event.phone_number
            account.phone_number = None if phone is None else open_text(opener, phone)
        if event.contact_details is not UNSET:
            account.contact_details = open_object(opener, event.contact_details)
        if event.bank_details is not UNSET:
            account.bank_details = open_object(opener, event.bank_details)
        account.updated_at = when.at

    def address_added(account: Account, event: AddressAdded, when: Moment) -> None:
        account.addresses[event.address_id] = BookedAddress(
            event.address_id,
            event.address_type,
            open_address(opener, event.address),
            when.at,
            event.is_default,
        )
        account.updated_at = when.at

    return Model(
        name="accounts",
        version=2,
        document=Account,
        empty=lambda key: Account(person_id=int(key)),
        key=lambda _stream, event, _when: str(event.person_id),
        folds={
            AccountRegistered: registered,
            AccountImported: imported,
            EmailChanged: email_changed,
            EmailVerified: email_verified,
            ProfileChanged: profile_changed,
            ProfilePictureSet: picture_set,
            ProfilePictureRemoved: picture_removed,
            PasswordChanged: password_changed,
            AddressAdded: address_added,
            DefaultAddressChanged: default_address_changed,
            AddressRemoved: address_removed,
            RoleGranted: role_granted,
            RoleRevoked: role_revoked,
            AccountDeactivated: deactivated,
            AccountReactivated: reactivated,
            AccountErased: erased,
        },
        entries=entries,
    )
