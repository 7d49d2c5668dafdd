"""What may be sent about people: who they are, and how they come in."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.rows.body import Body, Upload
from api.rows.fields import JSON_TEXT, Truth
from write_side.account.commands import Email
from write_side.fields import JsonObject

_REMEMBERING: Final = ("true", "on", "1")


def _remembers(value: object) -> bool:
    """true, "true", "on" and "1" do; everything else does not, and nothing is refused."""
    return value is True or value in _REMEMBERING


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "This field may not be blank.")
    return text


Remember = Annotated[
    bool, BeforeValidator(_remembers), WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string"}]})
]
Secret = Annotated[
    str, Field(strict=True, min_length=1, max_length=1024, repr=False, json_schema_extra={"format": "password"})
]
NewSecret = Annotated[Secret, AfterValidator(_not_blank)]
NO_FILE: Final = Upload(b"", "", "")
"""What is left out, and stays as it is; nobody can send it."""
Unread = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [{"type": "object"}, {"type": "string"}, {"type": "null"}],
            "description": "the object, or its JSON as text",
        }
    ),
]


class Registration(Body):
    email: Email
    password: Annotated[NewSecret, Field(max_length=128)]
    is_customer: Truth = False
    is_manufacturer: Truth = False


class Login(Body):
    email: Annotated[str, Field(strict=True, min_length=1, max_length=1024)]
    password: Secret
    remember_me: Remember = False


class Refresh(Body):
    """`remember_me` left out: the session stays as its login had it."""

    remember_me: Remember = False


class LoginLink(Body):
    uid: Annotated[
        str, Field(max_length=50), BeforeValidator(lambda value: str(value) if type(value) is int else value)
    ]
    token: Annotated[str, Field(strict=True, min_length=1, max_length=200)]


class ProfileChange(Body):
    """Which of the details count depends on who sends them: `Customer` or `Manufacturer` reads them then."""

    profile_picture: Upload = NO_FILE
    contact_details: Unread = None
    bank_details: Unread = None


class AccountChange(ProfileChange):
    email: Email = ""


class Customer(Body):
    contact_details: Annotated[JsonObject | None, JSON_TEXT] = None


class Manufacturer(Body):
    bank_details: Annotated[JsonObject, JSON_TEXT] = {}


class ResetRequest(Body):
    email: Annotated[str, Field(strict=True, min_length=1, max_length=1024)]


class NewPassword(Body):
    password: NewSecret


class PhoneNumber(Body):
    phone_number: Annotated[
        str,
        Field(strict=True, json_schema_extra={"pattern": r"^\+[1-9][0-9]{0,14}$"}),
    ]
