"""An account as its owner and administrators see it. Personal values are plain text here; once
their key is destroyed they are `ERASED`, in every rebuilt document alike."""

from typing import Any, Literal

import msgspec

ERASED = "[erased]"


def username(person_id: int) -> str:
    """What a person is called where others see it: never an e-mail address, which is nobody else's business."""
    return f"user-{person_id}"


class Address(msgspec.Struct, gc=False, omit_defaults=True):
    """A postal address, in an account's book or frozen in an order."""

    full_name: str = ""
    street_address: str = ""
    city: str = ""
    country: str = ""
    zip_code: str = ""
    phone_number: str | None = None
    apartment: str | None = None
    state: str | None = None


ERASED_ADDRESS = Address(ERASED, ERASED, ERASED, ERASED, ERASED)


class BookedAddress(msgspec.Struct, gc=False, omit_defaults=True):
    address_id: int
    address_type: str
    address: Address
    created_at: str
    is_default: bool = False


class Picture(msgspec.Struct, gc=False):
    """A profile picture in our storage. `size` in bytes."""

    key: str
    content_type: str
    size: int
    uploaded_at: str


class Account(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `accounts`, by person. `roles` sorted. A customer of past business has the `reference` that
    `source` gave, and no e-mail address. `deleted`: the person is gone for good, and so is everything of theirs;
    such an account is in no list, and whoever would show a person by it shows nobody."""

    person_id: int
    position: int = 0
    created: int = 0
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone_number: str | None = None
    roles: list[str] = []
    verified: bool = False
    active: bool = False
    deleted: bool = False
    source: str = ""
    reference: str = ""
    country: str | None = None
    google: bool = False  # made by signing in through Google
    contact_details: dict[str, Any] | None = None
    bank_details: dict[str, Any] | None = None
    addresses: dict[int, BookedAddress] = {}
    created_at: str = ""
    updated_at: str = ""
    password_changed_at: str | None = None
    profile_picture: Picture | None = None

    @property
    def details(self) -> Literal["bank_details", "contact_details"] | None:
        """Which of the two count: a seller's are for who is one, a buyer's for who is that alone."""
        if "seller" in self.roles:
            return "bank_details"
        return "contact_details" if "buyer" in self.roles else None


POINT = 100
"""Minor units: what a point is given for."""


class Loyalty(msgspec.Struct, gc=False, omit_defaults=True):
    """Model `loyalty`, by person: what was paid for their orders and did not go back, in minor units."""

    person_id: int
    position: int = 0
    paid: int = 0

    @property
    def points(self) -> int:
        """One for each whole unit of the currency."""
        return max(self.paid, 0) // POINT
