"""For who has forgotten a password or an e-mail address."""

import asyncio
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Final

from starlette.responses import Response

from api.gateway import Gateway
from api.martaff.answers import people as answers
from api.martaff.bodies import people as bodies
from api.parts import Parts
from api.rows.body import ANY
from api.rows.django_rest import Detail
from api.rows.errors import BadFields, Refused, invalid
from api.rows.row import Call, Rows, Who, reply
from write_side.account.decide import NoSuchAccount, WeakPassword
from write_side.account.entry_commands import RequestPasswordReset, ResetPassword
from write_side.account.phones import e164
from write_side.account.reminders import SmsNotSent


def _hash(inline: str) -> str:
    """As a content security policy names it."""
    return f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"


PAGE: Final = (files("api.martaff") / "reset_password.html").read_text(encoding="utf-8")
_SCRIPT: Final = PAGE.partition("<script>")[2].partition("</script>")[0]
_STYLE: Final = PAGE.partition("<style>")[2].partition("</style>")[0]
HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",  # the address is a secret
    "x-frame-options": "DENY",
    "content-security-policy": (
        f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
"""Nothing runs on the page but what is written in it."""
LINK: Final = "/reset-password-confirm/"


def add_recovery_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    @rows.row(
        "POST",
        "/reset-password/",
        who=Who.ANYBODY,
        body=bodies.ResetRequest,
        answer=answers.Message,
        errors=(401,),
        media=ANY,
        limit="login",
    )
    async def reset_password(call: Call[bodies.ResetRequest]) -> Response:
        """Has a link mailed that sets a new password."""
        try:
            await gateway.send(call.request, RequestPasswordReset(email=call.body.email), call.actor)
        except (NoSuchAccount, ValueError):  # what is no address is nobody's
            raise Refused(401, Detail("No active user with this email.")) from None
        return reply(answers.Message("Password reset email sent"))

    @rows.row("GET", LINK + "{token}/", who=Who.ANYBODY, answer=None, page=True)
    async def reset_password_page(call: Call[None]) -> Response:
        """The page behind the link: a form that sets the password."""
        return Response(PAGE, media_type="text/html", headers=HEADERS)

    @rows.row(
        "POST",
        LINK + "{token}/",
        who=Who.ANYBODY,
        body=bodies.NewPassword,
        answer=answers.Message,
        media=ANY,
        limit="login",
        spellings=(LINK,),
    )
    async def reset_password_confirm(call: Call[bodies.NewPassword]) -> Response:
        """Sets a new password with the link's token, in the path or as a parameter."""
        token = call.request.path_params.get("token") or call.request.query_params.get("token", "")
        sent = {"token": token[:200], "password": call.body.password, "policy": "martaff-reset"}
        try:
            await gateway.send(call.request, ResetPassword.model_validate(sent), call.actor)
        except WeakPassword as weak:
            raise BadFields({"password": weak.extra["complaints"]}) from None
        return reply(answers.Message("Password reset successful"))

    @rows.row(
        "POST",
        "/forgot-email/",
        who=Who.ANYBODY,
        body=bodies.PhoneNumber,
        answer=answers.Message,
        errors=(404, 500),
        media=ANY,
        limit="login",
    )
    async def forgot_email(call: Call[bodies.PhoneNumber]) -> Response:
        """Sends the masked address of who has this number, by SMS to the number."""
        phone = e164(call.body.phone_number)
        if phone is None:
            raise invalid(phone_number="Enter a number in the form +14155552671.")
        try:
            await asyncio.to_thread(parts.reminders.remind, phone)
        except NoSuchAccount:
            raise Refused(404, Detail("No active user with this phone number.")) from None
        except SmsNotSent:
            raise Refused(500, Detail("The SMS could not be sent.")) from None
        return reply(answers.Message("Email address (masked) sent to phone number"))
