"""Accounts, sign-in and the address book."""

from msgspec import Struct

from api.store_v1.answers.values import Time, Uuid


class NewUser(Struct):
    id: Uuid
    email: str
    first_name: str
    last_name: str


class Registered(Struct):
    message: str
    user: NewUser


class TokenPair(Struct):
    refresh: str
    access: str


class User(Struct):
    id: Uuid
    email: str
    first_name: str
    last_name: str
    is_verified: bool


class LoggedIn(Struct):
    message: str
    tokens: TokenPair
    user: User
    expires_in: int


class Access(Struct):
    access: str


class Profile(Struct):
    id: Uuid
    email: str
    first_name: str
    last_name: str
    phone_number: str | None
    is_verified: bool
    created_at: Time


class Address(Struct):
    id: Uuid
    address_type: str
    full_name: str
    phone_number: str | None
    street_address: str
    apartment: str | None
    city: str
    state: str | None
    country: str
    zip_code: str
    is_default: bool
    created_at: Time


class AddressPage(Struct):
    count: int
    next: str | None
    previous: str | None
    results: list[Address]
