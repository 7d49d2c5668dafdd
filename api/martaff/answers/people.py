"""What is answered about people. A person's id is text where they register and a number everywhere else."""

from typing import Any

import msgspec


class Message(msgspec.Struct):
    message: str


class Error(msgspec.Struct):
    """Of signing in through Google."""

    error: str


class Registered(msgspec.Struct):
    message: str
    id: str
    email: str
    is_customer: bool
    is_manufacturer: bool


class Access(msgspec.Struct):
    """The refresh token is in a cookie."""

    access: str


class CustomerProfile(msgspec.Struct):
    user: int
    profile_picture: str | None
    contact_details: dict[str, Any] | None
    loyalty_points: int
    created_at: str


class ManufacturerProfile(msgspec.Struct):
    """Also of who is both."""

    user: int
    profile_picture: str | None
    bank_details: dict[str, Any]
    created_at: str


class CustomerWithId(msgspec.Struct):
    id: int
    user: int
    profile_picture: str | None
    contact_details: dict[str, Any] | None
    loyalty_points: int
    created_at: str


class ManufacturerWithId(msgspec.Struct):
    id: int
    user: int
    profile_picture: str | None
    bank_details: dict[str, Any]
    created_at: str


class User(msgspec.Struct):
    id: int
    is_customer: bool
    is_manufacturer: bool
    email: str


class CustomerDetails(User):
    profile: CustomerWithId


class ManufacturerDetails(User):
    profile: ManufacturerWithId


class BareDetails(User):
    """Of who is neither customer nor manufacturer."""

    profile: None
