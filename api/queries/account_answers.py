"""What the questions after accounts are answered with; as in `values.py`."""

from typing import Any

import msgspec

from api.queries.values import AddressAnswer, whole
from read_side.documents.person import Account, Picture
from write_side.media import PATH


class BookedAddressAnswer(msgspec.Struct):
    address_id: int
    address_type: str
    is_default: bool
    address: AddressAnswer
    created_at: str


class PictureAnswer(msgspec.Struct):
    """`path` of this API shows it; `size` in bytes."""

    key: str
    path: str
    content_type: str
    size: int
    uploaded_at: str


class AccountAnswer(msgspec.Struct):
    """A customer of past business has the `reference` that `source` gave, and no e-mail address. `deleted`: the person
    is gone for good; nothing personal of theirs is left, here or anywhere."""

    person_id: int
    source: str | None
    reference: str | None
    country: str | None
    email: str
    first_name: str
    last_name: str
    phone_number: str | None
    roles: list[str]
    verified: bool
    active: bool
    deleted: bool
    addresses: list[BookedAddressAnswer]
    profile_picture: PictureAnswer | None
    created_at: str


class OwnAccountAnswer(AccountAnswer):
    """What a person alone sees of their account, too. `google`: made by signing in through Google."""

    contact_details: dict[str, Any] | None
    bank_details: dict[str, Any] | None
    loyalty_points: int
    google: bool


class AccountPage(msgspec.Struct):
    items: list[AccountAnswer]
    total: int
    page: int
    size: int


def account(found: Account) -> AccountAnswer:
    return AccountAnswer(**_shown(found))


def own_account(found: Account, loyalty_points: int) -> OwnAccountAnswer:
    return OwnAccountAnswer(
        **_shown(found),
        contact_details=found.contact_details,
        bank_details=found.bank_details,
        loyalty_points=loyalty_points,
        google=found.google,
    )


def _shown(found: Account) -> dict[str, Any]:
    return {
        "person_id": found.person_id,
        "source": found.source or None,
        "reference": found.reference or None,
        "country": found.country,
        "email": found.email,
        "first_name": found.first_name,
        "last_name": found.last_name,
        "phone_number": found.phone_number,
        "roles": found.roles,
        "verified": found.verified,
        "active": found.active,
        "deleted": found.deleted,
        "addresses": whole(list[BookedAddressAnswer], list(found.addresses.values())),
        "profile_picture": _picture(found.profile_picture),
        "created_at": found.created_at,
    }


def _picture(found: Picture | None) -> PictureAnswer | None:
    if found is None:
        return None
    return PictureAnswer(found.key, PATH + found.key, found.content_type, found.size, found.uploaded_at)
