"""What may be asked by those who cannot sign in with a password: a link for a new one, or Google's word."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr, field_serializer
from pydantic_core.core_schema import SerializationInfo

from write_side.account.commands import AnyPassword, Email, Name, for_hashing
from write_side.fields import Line
from write_side.messages import Access, Command


class RequestPasswordReset(Command):
    """Has a link mailed that sets a new password: good for five minutes and once, and only the newest one is."""

    access: ClassVar[Access] = Access.ANYONE

    email: Annotated[Line, Field(max_length=254), AfterValidator(str.lower)]


class ResetPassword(Command):
    """Sets a new password with the token of a mailed link. A password that is refused leaves the link good."""

    access: ClassVar[Access] = Access.ANYONE

    token: SecretStr = Field(max_length=200)
    password: AnyPassword
    policy: Literal["native", "store", "martaff", "martaff-reset"] = Field(
        default="native", description="what is asked of the password"
    )

    @field_serializer("token", "password")
    def _reveal(self, secret: SecretStr, info: SerializationInfo) -> str:
        return for_hashing(secret, info)


class SignInWithGoogle(Command):
    """Finds who Google says somebody is: by the Google account, else by the e-mail address, else as a new account with
    a password that nobody knows and a mailed link that signs in once."""

    access: ClassVar[Access] = Access.SERVICE

    subject: Annotated[Line, Field(max_length=255, description="the account's id at Google, which never changes")]
    email: Email
    email_verified: bool
    first_name: Name = ""
    last_name: Name = ""
