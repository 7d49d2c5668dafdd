"""Account events, in streams `account-<person id>`. What is `Sealed` opens only with the person's key;
`email_hash` is keyed, and there so that an address can be found and freed without being stored."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from write_side.messages import Event
from write_side.values import Sealed


class AccountRegistered(Event, frozen=True):
    TOPIC: ClassVar[str] = "account.registered"

    person_id: int
    email: Sealed
    email_hash: str
    first_name: Sealed
    last_name: Sealed
    phone_number: Sealed | None = None
    roles: tuple[str, ...] = ("buyer",)
    confirm: bool = True  # a mail asks whether the address is theirs
    google: bool = False  # made by signing in through Google


class AccountImported(Event, frozen=True):
    """A customer of past business, known by the number that `source` gave. Without an e-mail address and a
    password nobody signs in as this person."""

    TOPIC: ClassVar[str] = "account.imported"

    person_id: int
    source: str
    reference: str
    country: str | None = None


class EmailVerified(Event, frozen=True):
    TOPIC: ClassVar[str] = "account.email-verified"

    person_id: int


class ProfileChanged(Event, frozen=True):
    """Only what changed is set. Contact and bank details are JSON objects, sealed whole; `phone_hash` is that of the
    telephone number among the contact details and changes with them."""

    TOPIC: ClassVar[str] = "account.profile-changed"

    person_id: int
    first_name: Sealed | UnsetType = UNSET
    last_name: Sealed | UnsetType = UNSET
    phone_number: Sealed | UnsetType | None = UNSET
    contact_details: Sealed | UnsetType | None = UNSET
    phone_hash: str | UnsetType | None = UNSET
    bank_details: Sealed | UnsetType = UNSET


class EmailChanged(Event, frozen=True):
    """The address that signs in; the one before it is free again. `confirm`: as in AccountRegistered."""

    TOPIC: ClassVar[str] = "account.email-changed"

    person_id: int
    email: Sealed
    email_hash: str
    confirm: bool = True


class ProfilePictureSet(Event, frozen=True):
    """`size` in bytes."""

    TOPIC: ClassVar[str] = "account.profile-picture-set"

    person_id: int
    key: str
    content_type: str
    size: int


class ProfilePictureRemoved(Event, frozen=True):
    """Also of one that another takes the place of. Nobody refers to the stored object any more."""

    TOPIC: ClassVar[str] = "account.profile-picture-removed"

    person_id: int
    key: str


class PasswordChanged(Event, frozen=True):
    """That it changed; the hash is no event."""

    TOPIC: ClassVar[str] = "account.password-changed"

    person_id: int


class PasswordResetRequested(Event, frozen=True):
    """Somebody who cannot sign in asked for a link; `number` counts the account's from 1, and the newest alone is
    good. The token is no event."""

    TOPIC: ClassVar[str] = "account.password-reset-requested"

    person_id: int
    number: int


class GoogleLinked(Event, frozen=True):
    """Who Google says this is signs in as this person. `subject_hash` is keyed."""

    TOPIC: ClassVar[str] = "account.google-linked"

    person_id: int
    subject_hash: str


class LoginLinkRequested(Event, frozen=True):
    """A mail with a link that signs in once is to go to the person."""

    TOPIC: ClassVar[str] = "account.login-link-requested"

    person_id: int


class AddressAdded(Event, frozen=True):
    """`address` is the whole address, sealed as one JSON object."""

    TOPIC: ClassVar[str] = "account.address-added"

    person_id: int
    address_id: int
    address_type: str
    is_default: bool
    address: Sealed


class DefaultAddressChanged(Event, frozen=True):
    """The newest default of a type wins; the one before it is cleared by this event."""

    TOPIC: ClassVar[str] = "account.default-address-changed"

    person_id: int
    address_id: int
    is_default: bool


class AddressRemoved(Event, frozen=True):
    TOPIC: ClassVar[str] = "account.address-removed"

    person_id: int
    address_id: int


class RoleGranted(Event, frozen=True):
    TOPIC: ClassVar[str] = "account.role-granted"

    person_id: int
    role: str


class RoleRevoked(Event, frozen=True):
    TOPIC: ClassVar[str] = "account.role-revoked"

    person_id: int
    role: str


class AccountDeactivated(Event, frozen=True):
    TOPIC: ClassVar[str] = "account.deactivated"

    person_id: int


class AccountReactivated(Event, frozen=True):
    TOPIC: ClassVar[str] = "account.reactivated"

    person_id: int


class AccountErased(Event, frozen=True):
    """The person is gone for good: their key is destroyed after this, and whatever is `Sealed` for them, here or
    in any other stream, opens never again. Orders and reviews know them by their number alone."""

    TOPIC: ClassVar[str] = "account.erased"
    erases: ClassVar[bool] = True

    person_id: int


AccountEvent = (
    AccountRegistered
    | AccountImported
    | EmailVerified
    | ProfileChanged
    | EmailChanged
    | ProfilePictureSet
    | ProfilePictureRemoved
    | PasswordChanged
    | PasswordResetRequested
    | GoogleLinked
    | LoginLinkRequested
    | AddressAdded
    | DefaultAddressChanged
    | AddressRemoved
    | RoleGranted
    | RoleRevoked
    | AccountDeactivated
    | AccountReactivated
    | AccountErased
)
