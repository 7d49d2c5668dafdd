"""What the questions after accounts are answered with; as in `values.py`."""

import msgspec

from api.queries.values import AddressAnswer, whole
from read_side.documents.person import Account


class BookedAddressAnswer(msgspec.Struct):
    address_id: int
    address_type: str
    is_default: bool
    address: AddressAnswer
    created_at: str


class AccountAnswer(msgspec.Struct):
    """A customer of past business has the `reference` that `source` gave, and no e-mail address."""

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
    addresses: list[BookedAddressAnswer]
    created_at: str


class AccountPage(msgspec.Struct):
    items: list[AccountAnswer]
    total: int
    page: int
    size: int


def account(found: Account) -> AccountAnswer:
    return AccountAnswer(
        person_id=found.person_id,
        source=found.source or None,
        reference=found.reference or None,
        country=found.country,
        email=found.email,
        first_name=found.first_name,
        last_name=found.last_name,
        phone_number=found.phone_number,
        roles=found.roles,
        verified=found.verified,
        active=found.active,
        addresses=whole(list[BookedAddressAnswer], list(found.addresses.values())),
        created_at=found.created_at,
    )
