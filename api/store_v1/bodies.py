"""What clients may send. Fields that the contract does not name are ignored, as it says of prices,
amounts and e-mail addresses that nobody may set here."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from write_side.account.commands import AddressType, Email, Name, PhoneNumber
from write_side.fields import Line, Quantity, Text
from write_side.identifiers import MAX_ID, parse_id
from write_side.policies import PASSWORDS

NOBODY = MAX_ID
"""An id that is never given out: what a UUID of another origin names."""

WEAKNESSES = {
    "length": "Password must be at least 8 characters.",
    "upper": "Password must contain an upper-case letter.",
    "lower": "Password must contain a lower-case letter.",
    "digit": "Password must contain a digit.",
    "symbol": "Password must contain a symbol.",
}


def reference(value: object) -> int:
    """The id in either form. A UUID that is not one of ours is well-formed and names nothing."""
    try:
        return parse_id(value)
    except ValueError:
        if not isinstance(value, str):
            raise
        UUID(value)
        return NOBODY


def path_reference(text: str) -> int:
    """As `reference`; what is no id at all names nothing either."""
    try:
        return reference(text)
    except ValueError:
        return NOBODY


def _reference(value: object) -> int:
    try:
        return reference(value)
    except ValueError:
        raise PydanticCustomError("reference", "Must be a valid UUID.") from None


def _strong(password: str) -> str:
    weaknesses = PASSWORDS["store"].weaknesses(password)
    if weaknesses:
        messages = [WEAKNESSES[weakness] for weakness in weaknesses]
        raise PydanticCustomError("weak_password", "Password is too weak.", {"messages": messages})
    return password


Reference = Annotated[int, BeforeValidator(_reference), WithJsonSchema({"type": "string", "format": "uuid"})]
Secret = Annotated[str, Field(strict=True, max_length=1024, repr=False, json_schema_extra={"format": "password"})]
NewPassword = Annotated[Secret, AfterValidator(_strong)]


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise PydanticCustomError("nul", "Null characters are not allowed.")
        return value


class Registration(Body):
    email: Email
    password: NewPassword
    password_confirm: Secret
    first_name: Name = ""
    last_name: Name = ""
    phone_number: PhoneNumber | None = None

    @field_validator("password_confirm")
    @classmethod
    def _equal(cls, confirmed: str, info: ValidationInfo) -> str:
        return _same(confirmed, info.data.get("password"))


class Login(Body):
    email: Annotated[str, Field(strict=True, min_length=1, max_length=254)]
    password: Secret


class Refresh(Body):
    refresh: Annotated[str, Field(strict=True, min_length=1, max_length=4096)]


class PasswordChange(Body):
    old_password: Secret
    new_password: NewPassword
    new_password_confirm: Secret

    @field_validator("new_password_confirm")
    @classmethod
    def _equal(cls, confirmed: str, info: ValidationInfo) -> str:
        return _same(confirmed, info.data.get("new_password"))


class Profile(Body):
    """Only what is sent changes; a phone number of null is taken away."""

    first_name: Name = ""
    last_name: Name = ""
    phone_number: PhoneNumber | None = None


class NewAddress(Body):
    address_type: AddressType
    full_name: Line
    street_address: Line
    city: Line
    country: Line
    zip_code: Annotated[Line, Field(max_length=20)]
    phone_number: PhoneNumber | None = None
    apartment: Text | None = None
    state: Text | None = None
    is_default: Annotated[bool, Field(strict=True)] = False


class NewCartItem(Body):
    product_id: Reference
    variant_id: Reference | None = None
    quantity: Quantity = 1


class CartItemChange(Body):
    quantity: Quantity


class Checkout(Body):
    shipping_address_id: Reference
    billing_address_id: Reference


class IntentRequest(Body):
    order_id: Reference


class Confirmation(Body):
    order_id: Reference
    payment_intent_id: Annotated[Line, Field(max_length=255)]


def _same(confirmed: str, password: str | None) -> str:
    # A password that was refused itself needs no second complaint.
    if password is not None and confirmed != password:
        raise PydanticCustomError("mismatch", "Passwords must match")
    return confirmed
