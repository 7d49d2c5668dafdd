"""Accounts as the contract's profiles: a manufacturer's for who is one, a customer's for who is that alone."""

import msgspec

from api.martaff.answers import people as answers
from read_side.documents.person import Account

Profile = answers.CustomerProfile | answers.ManufacturerProfile
Details = answers.CustomerDetails | answers.ManufacturerDetails | answers.BareDetails


def user(account: Account) -> answers.User:
    return answers.User(account.person_id, is_customer(account), is_manufacturer(account), account.email)


def profile(account: Account, points: int, picture: str | None) -> Profile | None:
    """`picture`: where the profile's is shown. None for who is neither."""
    if account.details == "bank_details":
        return answers.ManufacturerProfile(account.person_id, picture, account.bank_details or {}, account.created_at)
    if account.details == "contact_details":
        return answers.CustomerProfile(account.person_id, picture, account.contact_details, points, account.created_at)
    return None


def details(account: Account, points: int, picture: str | None) -> Details:
    who = msgspec.structs.asdict(user(account))
    match profile(account, points, picture):
        case answers.CustomerProfile() as shown:
            return answers.CustomerDetails(
                **who, profile=answers.CustomerWithId(id=account.person_id, **msgspec.structs.asdict(shown))
            )
        case answers.ManufacturerProfile() as shown:
            return answers.ManufacturerDetails(
                **who, profile=answers.ManufacturerWithId(id=account.person_id, **msgspec.structs.asdict(shown))
            )
        case _:
            return answers.BareDetails(**who, profile=None)


def is_customer(account: Account) -> bool:
    return "buyer" in account.roles


def is_manufacturer(account: Account) -> bool:
    return "seller" in account.roles
