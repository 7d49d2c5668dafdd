"""What may be asked of accounts."""

from typing import Annotated, ClassVar, Literal

import email_validator
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    SecretStr,
    field_serializer,
    field_validator,
)
from pydantic_core.core_schema import SerializationInfo, ValidationInfo

from write_side.fields import Id, JsonObject, Line, Reference, Source, Text, clean_text
from write_side.media import LARGEST, PersonKey
from write_side.messages import Access, Command
from write_side.policies import REGISTRATIONS

Role = Literal["buyer", "seller", "admin", "superadmin"]
AddressType = Literal["shipping", "billing", "other"]

# An address need not be deliverable from here: intranets and tests use reserved domains too.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(clean_text), AfterValidator(str.lower)]
PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9]{9,15}$", examples=["+1234567890"]), AfterValidator(clean_text)]
# Length is bounded so that hashing is; what makes a password strong is each surface's policy.
Password = Annotated[SecretStr, Field(min_length=8, max_length=1024)]
AnyPassword = Annotated[SecretStr, Field(max_length=1024)]
Name = Annotated[Text, Field(max_length=150)]
Surface = Annotated[
    Literal["native", "store", "martaff"],
    Field(
        description="the registration policy: what is asked of a password, and whether addresses are confirmed by mail"
    ),
]


class RegisterAccount(Command):
    """Makes an account. An address belongs to one account at a time, whatever its letters' case."""

    access: ClassVar[Access] = Access.ANYONE

    email: Email
    policy: Surface = "native"
    password: AnyPassword
    first_name: Name = ""
    last_name: Name = ""
    phone_number: PhoneNumber | None = None
    roles: list[Literal["buyer", "seller"]] = Field(default=["buyer"], max_length=2)

    @field_validator("password")
    @classmethod
    def _good(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        policy = REGISTRATIONS[info.data.get("policy", "native")].password
        complaints = policy.complaints(password.get_secret_value())
        if complaints:
            raise ValueError("; ".join(complaints))
        return password

    @field_serializer("password")
    def _reveal(self, password: SecretStr, info: SerializationInfo) -> str:
        return for_hashing(password, info)


class ImportCustomer(Command):
    """Makes an account of a customer of past business, who cannot sign in. The same number of the same
    source is the same person: a repetition changes nothing."""

    access: ClassVar[Access] = Access.ADMIN

    source: Source
    reference: Reference = Field(description="the customer's number there")
    country: Line | None = None


class VerifyEmail(Command):
    """Records that the person reads mail at the account's address."""

    access: ClassVar[Access] = Access.SERVICE

    person_id: Id


class UploadedPicture(BaseModel):
    """What an upload was answered with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: PersonKey
    size: int = Field(ge=1, le=LARGEST, description="bytes")


class UpdateProfile(Command):
    """Changes what is sent of the caller's profile, all or nothing; the rest stays. A phone number or contact details
    of null are taken away. `phone` among the contact details, in E.164, is what an SMS can be asked for with."""

    email: Email | None = Field(default=None, description="as change-email does; null: stays")
    policy: Surface = "native"
    first_name: Name | None = None
    last_name: Name | None = None
    phone_number: PhoneNumber | None = None
    contact_details: JsonObject | None = None
    bank_details: JsonObject = Field(default_factory=dict)
    picture: UploadedPicture | None = Field(default=None, description="as set-profile-picture does; null: stays")


class ChangeEmail(Command):
    """Gives the caller's account another address: it signs in from now on, the old one does not. Whoever is signed in
    stays so."""

    email: Email
    policy: Surface = "native"


class SetProfilePicture(Command):
    """Gives the caller an uploaded picture, in the place of an earlier one, whose stored object is deleted soon
    after."""

    key: PersonKey
    size: int = Field(ge=1, le=LARGEST, description="bytes, as the upload was answered")


class RemoveProfilePicture(Command):
    """Takes the caller's picture away; the stored object is deleted soon after."""


class ChangePassword(Command):
    """Replaces the caller's password; the old one must be right."""

    old_password: SecretStr
    new_password: Password

    @field_serializer("old_password", "new_password")
    def _reveal(self, password: SecretStr, info: SerializationInfo) -> str:
        return for_hashing(password, info)


class AddAddress(Command):
    """Adds an address to the caller's book. A new default takes over from the one before."""

    address_type: AddressType
    full_name: Line
    street_address: Line
    city: Line
    country: Line
    zip_code: Annotated[Line, Field(max_length=20)]
    phone_number: PhoneNumber | None = None
    apartment: Text | None = None
    state: Text | None = None
    is_default: bool = False


class RemoveAddress(Command):
    """Takes an address out of the caller's book. Orders keep theirs."""

    address_id: Id


class GrantRole(Command):
    """Gives a person a role, from their next token on. Only a super-administrator makes
    administrators."""

    access: ClassVar[Access] = Access.ADMIN

    person_id: Id
    role: Role


class RevokeRole(Command):
    """Takes a role away, at once."""

    access: ClassVar[Access] = Access.ADMIN
    at_once: ClassVar[bool] = True

    person_id: Id
    role: Role


class DeactivateAccount(Command):
    """Shuts a person out, at once, on every surface."""

    access: ClassVar[Access] = Access.ADMIN
    at_once: ClassVar[bool] = True

    person_id: Id


class ReactivateAccount(Command):
    """Lets a person in again."""

    access: ClassVar[Access] = Access.ADMIN

    person_id: Id


class DeleteAccount(Command):
    """Erases a person for good: the caller, or whom an administrator names. Their e-mail address is free again,
    nothing personal of theirs can be read any more, nobody signs in as them; orders, reviews and products stay."""

    at_once: ClassVar[bool] = True

    person_id: Id | None = Field(default=None, description="whose; without it, the caller's own")


def for_hashing(password: SecretStr, info: SerializationInfo) -> str:
    """In clear only for the idempotency hash; everywhere else a password prints as asterisks."""
    wanted = isinstance(info.context, dict) and info.context.get("secrets")
    return password.get_secret_value() if wanted else str(password)
