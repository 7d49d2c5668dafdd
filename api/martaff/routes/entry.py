"""Registration, signing in and out, and the tokens in between."""

import asyncio
from typing import Final

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import csrf
from api.gateway import Gateway
from api.martaff.answers import people as answers
from api.martaff.bodies import people as bodies
from api.martaff.cookies import COOKIES, GIVES, REFRESH, Cookies
from api.parts import Parts
from api.rows.body import ANY
from api.rows.django_rest import Detail
from api.rows.errors import Refused, Unreadable
from api.rows.reading import parse
from api.rows.row import Call, Rows, Who, reply
from api.sessions import Sessions
from write_side.account.commands import RegisterAccount
from write_side.identifiers import parse_id
from write_side.secrets.one_time_tokens import LOG_IN, OneTimeTokens

WRONG: Final = "Email or Password is incorrect"


def add_entry_rows(rows: Rows, parts: Parts, gateway: Gateway, sessions: Sessions, cookies: Cookies) -> None:
    links = OneTimeTokens(parts.log)

    @rows.row(
        "POST",
        "/accounts/register",
        who=Who.ANYBODY,
        body=bodies.Registration,
        answer=answers.Registered,
        media=ANY,
        limit="register",
    )
    async def register(call: Call[bodies.Registration]) -> Response:
        """Registers an account, which can sign in at once."""
        body = call.body
        roles = ["buyer"] * body.is_customer + ["seller"] * body.is_manufacturer
        command = RegisterAccount.model_validate(
            {"email": body.email, "password": body.password, "roles": roles, "policy": "martaff"}
        )
        accepted = await gateway.send_and_see(call.request, command, call.actor)
        person_id = str(accepted.result["person_id"])
        return reply(
            answers.Registered(
                "User registered successfully.", person_id, body.email, body.is_customer, body.is_manufacturer
            )
        )

    @rows.row(
        "POST",
        "/accounts/login",
        who=Who.ANYBODY,
        body=bodies.Login,
        answer=answers.Access,
        also={401: answers.Message},
        gives=GIVES,
        media=ANY,
        limit="login",
    )
    async def login(call: Call[bodies.Login]) -> Response:
        """Signs in with e-mail and password; the refresh token is a cookie."""
        body = call.body
        session = await sessions.log_in(call.request, body.email, body.password, body.remember_me)
        if session is None:
            raise Refused(401, answers.Message(WRONG))
        return cookies.signed_in(call.request, session, csrf.new_secret())

    @rows.row(
        "POST",
        "/accounts/logout",
        who=Who.ANYBODY,
        answer=answers.Message,
        errors=(401, 403),
        cookies=COOKIES,
    )
    async def logout(call: Call[None]) -> Response:
        """Ends the session of the refresh token in the cookie."""
        presented = call.request.cookies.get(REFRESH)
        if not presented:
            raise Refused(401, Detail("No refresh token provided."))
        cookies.refuse_foreign(call.request)
        if not await sessions.end(call.request, presented):
            raise Refused(401, Detail("Invalid or expired token. Please log in again."))
        return cookies.take_back(reply(answers.Message("Successfully logged out.")))

    @rows.row(
        "POST",
        "/accounts/refresh/",
        who=Who.ANYBODY,
        takes=bodies.Refresh,
        answer=answers.Access,
        errors=(401, 403),
        gives=GIVES,
        cookies=COOKIES,
        media=ANY,
    )
    async def refresh(call: Call[None]) -> Response:
        """Gives the next tokens for the refresh token in the cookie, which is good no more."""
        presented = call.request.cookies.get(REFRESH)
        if not presented:
            raise Refused(400, Detail("Refresh token missing"))
        cookies.refuse_foreign(call.request)
        body = await _wish(call.request)
        said = "remember_me" in body.model_fields_set
        session = await sessions.refresh(call.request, presented, body.remember_me if said else None)
        if session is None:
            raise Refused(401, Detail("Invalid refresh token"))
        return cookies.signed_in(call.request, session, csrf.secret_of(call.request))

    @rows.row(
        "POST",
        "/accounts/one-time-login/",
        who=Who.ANYBODY,
        body=bodies.LoginLink,
        answer=answers.Access,
        errors=(401,),
        gives=GIVES,
        media=ANY,
        limit="login",
    )
    async def one_time_login(call: Call[bodies.LoginLink]) -> Response:
        """Signs in with the link of a mail, once."""
        try:
            wanted = parse_id(call.body.uid)
        except ValueError:
            wanted = 0  # nobody
        person_id = await asyncio.to_thread(links.redeem, call.body.token, LOG_IN, wanted)
        session = None if person_id is None else await sessions.let_in(call.request, person_id, "link")
        if session is None:
            raise Refused(401, Detail("The link is none, was used, or has expired."))
        return cookies.signed_in(call.request, session, csrf.new_secret())


async def _wish(request: Request) -> bodies.Refresh:
    """What was sent beside the cookie; a body that cannot be read says nothing."""
    try:
        return await parse(request, bodies.Refresh, ANY)
    except (ValidationError, Unreadable):
        return bodies.Refresh()
    except HTTPException as refused:
        if refused.status_code != 415:
            raise
        return bodies.Refresh()
