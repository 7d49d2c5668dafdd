"""Accounts and addresses, in the contract's words."""

from api.store_v1.answers import accounts as answers
from read_side.documents.person import Account, BookedAddress
from write_side.identifiers import uuid_text as uuid


def profile(account: Account) -> answers.Profile:
    return answers.Profile(
        id=uuid("person", account.person_id),
        email=account.email,
        first_name=account.first_name,
        last_name=account.last_name,
        phone_number=account.phone_number,
        is_verified=account.verified,
        created_at=account.created_at,
    )


def address(booked: BookedAddress) -> answers.Address:
    postal = booked.address
    return answers.Address(
        id=uuid("address", booked.address_id),
        address_type=booked.address_type,
        full_name=postal.full_name,
        phone_number=postal.phone_number,
        street_address=postal.street_address,
        apartment=postal.apartment,
        city=postal.city,
        state=postal.state,
        country=postal.country,
        zip_code=postal.zip_code,
        is_default=booked.is_default,
        created_at=booked.created_at,
    )
