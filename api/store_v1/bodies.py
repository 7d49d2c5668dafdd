"""What clients may send. Fields that the contract does not name are ignored, as it says of prices,
amounts and e-mail addresses that nobody may set here."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from api.rows.body import Body
from api.rows.fields import BLANK, NOT_BLANK, NOTHING
from write_side.account.commands import AddressType, Email, Name, PhoneNumber
from write_side.fields import Level, Line, Price, Quantity, Sku, Text, decimal_text
from write_side.identifiers import MAX_ID, parse_id
from write_side.policies import PASSWORDS
from write_side.review.commands import Rating

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


def _weight(value: object) -> str:
    """Decimal text or a JSON number, as text."""
    text = value.strip() if isinstance(value, str) else repr(value)
    try:
        weight = Decimal(text)
    except InvalidOperation:
        weight = Decimal("NaN")
    if isinstance(value, bool) or len(text) > 20 or not weight.is_finite() or weight < 0:
        raise PydanticCustomError("weight", "Must be a decimal number, 0 or more.")
    return text


Amount = Annotated[Price, PlainSerializer(decimal_text)]
"""A price, handed on as text: a command reads it again."""
Weight = Annotated[str, BeforeValidator(_weight), WithJsonSchema({"type": "string", "examples": ["1.25"]})]
Reference = Annotated[int, BeforeValidator(_reference), WithJsonSchema({"type": "string", "format": "uuid"})]
Secret = Annotated[str, Field(strict=True, max_length=1024, repr=False, json_schema_extra={"format": "password"})]
NewPassword = Annotated[Secret, AfterValidator(_strong)]


GivenName = Annotated[Name, NOTHING]
Phone = Annotated[PhoneNumber | None, BLANK]


class Registration(Body):
    email: Email
    password: NewPassword
    password_confirm: Secret
    first_name: GivenName = ""
    last_name: GivenName = ""
    phone_number: Phone = None

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
    phone_number: Phone = None


class NewAddress(Body):
    address_type: AddressType
    full_name: Line
    street_address: Line
    city: Line
    country: Line
    zip_code: Annotated[Line, Field(max_length=20)]
    phone_number: Phone = None
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


class NewReview(Body):
    rating: Rating
    title: Annotated[Line, Field(max_length=200)]
    comment: Annotated[Text, Field(max_length=10_000), NOT_BLANK]


class ProductFields(Body):
    """Only what is sent counts. Whoever can give a price, a weight or dimensions can take them away with null;
    the selling price cannot be taken away."""

    description: Text = ""
    sku: Sku = ""
    quantity: Level = 0
    compare_price: Amount | None = None
    cost_price: Amount | None = None
    weight: Weight | None = None
    dimensions: Annotated[Text, Field(max_length=200)] | None = None
    is_featured: Annotated[bool, Field(strict=True)] = False


class NewProduct(ProductFields):
    name: Line
    price: Amount
    category: Annotated[Line, Field(description="slug")]


class ProductChange(ProductFields):
    name: Line = ""
    price: Amount = 0
    category: Annotated[Line, Field(description="slug")] = ""


class OrderMove(Body):
    status: Literal["pending", "processing", "shipped", "delivered", "cancelled", "returned"]
    tracking_number: Annotated[Line, Field(max_length=100)] | None = None
    note: Annotated[Text, Field(max_length=1000), NOTHING] = ""


class CarrierNews(Body):
    """What a carrier says of a parcel. `event_id` is its own and takes effect once, for ever."""

    event_id: Annotated[Line, Field(max_length=100)]
    order_id: Reference
    news: Literal["shipped", "delivered", "returned"]
    tracking_number: Annotated[Line, Field(max_length=100)]
    carrier: Annotated[Text, Field(max_length=100)] = ""
    note: Annotated[Text, Field(max_length=1000)] = ""


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
