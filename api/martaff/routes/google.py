"""Signing in through Google: two steps of a browser, and the one in which the client gets its tokens.

The browser carries what has to be remembered between them, signed, in cookies of these paths alone.
"""

import asyncio
import hmac
from datetime import timedelta
from typing import Final, Literal, NoReturn

from starlette.responses import RedirectResponse, Response

from api import csrf
from api.google import Google, GoogleAway, NotFromGoogle, Profile
from api.martaff.answers import people as answers
from api.martaff.cookies import GIVES, GOOGLE_PATH, GOOGLE_SESSION, Cookies
from api.parts import Parts
from api.rows.errors import Refused
from api.rows.row import Call, Rows, Who
from api.sessions import Sessions
from api.tokens import InvalidToken, Tokens
from write_side.account.decide import UnverifiedGoogleAddress
from write_side.account.entry_commands import SignInWithGoogle
from write_side.messages import Actor
from write_side.policies import SIGN_IN_STEP
from write_side.refusals import Unauthenticated
from write_side.secrets.one_time_tokens import GOOGLE_SIGN_IN, NOBODY_YET, OneTimeTokens

PATH: Final = GOOGLE_PATH
FLOW, SESSION = "google_flow", GOOGLE_SESSION
_TEXT: Final = {"type": "string"}


def add_google_rows(
    rows: Rows, parts: Parts, google: Google, sessions: Sessions, cookies: Cookies, tokens: Tokens
) -> None:
    passes = OneTimeTokens(parts.log)

    @rows.row(
        "GET",
        PATH + "authorize",
        who=Who.ANYBODY,
        answer=None,
        status=302,
        also={503: answers.Error},
    )
    async def google_authorize(call: Call[None]) -> Response:
        """Sends the browser to Google."""
        try:
            begun = await asyncio.to_thread(google.begin)
        except GoogleAway as error:
            _refuse(503, error)
        answer = RedirectResponse(begun.url, 302)
        note = tokens.note(FLOW, SIGN_IN_STEP, state=begun.state, nonce=begun.nonce, verifier=begun.verifier)
        cookies.keep(answer, FLOW, note, SIGN_IN_STEP, PATH)
        return answer

    @rows.row(
        "GET",
        PATH + "callback",
        who=Who.ANYBODY,
        answer=None,
        status=302,
        also={400: answers.Error, 503: answers.Error},
        query={"code": _TEXT, "state": _TEXT, "error": _TEXT},
        cookies={FLOW: _TEXT},
    )
    async def google_callback(call: Call[None]) -> Response:
        """Where Google sends the browser back to; from here it goes on to sign in."""
        asked = call.request.query_params
        try:
            flow = tokens.read_note(FLOW, call.request.cookies.get(FLOW, ""))
        except InvalidToken:
            raise Refused(400, answers.Error("The sign-in was not begun here, or took too long")) from None
        if not hmac.compare_digest(flow["state"].encode(), asked.get("state", "").encode()):
            raise Refused(400, answers.Error("The sign-in was not begun here, or took too long"))
        try:
            profile = await asyncio.to_thread(google.finish, asked.get("code", ""), flow["nonce"], flow["verifier"])
        except NotFromGoogle as error:
            _refuse(400, error)
        except GoogleAway as error:
            _refuse(503, error)
        answer = RedirectResponse(PATH + "login", 302)
        once = await asyncio.to_thread(passes.issue, NOBODY_YET, GOOGLE_SIGN_IN, timedelta(seconds=SIGN_IN_STEP))
        cookies.keep(answer, SESSION, _noted(tokens, profile, once), SIGN_IN_STEP, PATH)
        cookies.drop(answer, FLOW, PATH)
        return answer

    @rows.row(
        "GET",
        PATH + "login",
        who=Who.GUEST,
        answer=answers.Access,
        also={400: answers.Error, 401: answers.Error, 404: answers.Error},
        gives=GIVES,
        cookies={SESSION: _TEXT},
    )
    async def google_login(call: Call[None]) -> Response:
        """The tokens for who has signed in through Google."""
        try:
            profile, once = _read(tokens, call.request.cookies.get(SESSION, ""))
        except InvalidToken:
            if call.actor.person_id is not None:
                raise Refused(404, answers.Error("Social account not found")) from None
            raise Refused(401, answers.Error("User not authenticated")) from None
        if profile.email is None:
            raise Refused(400, answers.Error("Email not found in social account"))
        # Whoever has a copy of the cookie comes too late: not even the account's end makes it good again.
        if await asyncio.to_thread(passes.redeem, once, GOOGLE_SIGN_IN) is None:
            raise Refused(401, answers.Error("User not authenticated"))
        command = SignInWithGoogle.model_validate(
            {
                "subject": profile.subject,
                "email": profile.email,
                "email_verified": profile.email_verified,
                "first_name": profile.first_name,
                "last_name": profile.last_name,
            }
        )
        actor = Actor(service="google", surface=call.actor.surface, request=call.actor.request)
        session = None
        try:
            # Past the gateway: who somebody is comes from their cookie, and no key may stand for it.
            accepted = await parts.bus.send(command, actor)
            session = await sessions.let_in(call.request, accepted.result["person_id"], "google")
        except UnverifiedGoogleAddress as error:
            _refuse(400, error)
        except Unauthenticated:
            pass
        if session is None:
            raise Refused(401, answers.Error("User not authenticated"))
        answer = cookies.signed_in(call.request, session, csrf.new_secret(), access=True)
        return cookies.drop(answer, SESSION, PATH)


def _refuse(status: Literal[400, 503], error: Exception) -> NoReturn:
    raise Refused(status, answers.Error(str(error))) from error


def _noted(tokens: Tokens, profile: Profile, once: str) -> str:
    return tokens.note(
        SESSION,
        SIGN_IN_STEP,
        once=once,
        subject=profile.subject,
        email=profile.email or "",
        verified="yes" if profile.email_verified else "",
        first_name=profile.first_name,
        last_name=profile.last_name,
    )


def _read(tokens: Tokens, note: str) -> tuple[Profile, str]:
    """Who it is, and the token with which the note is good once. Raises InvalidToken."""
    noted = tokens.read_note(SESSION, note)
    profile = Profile(
        noted["subject"], noted["email"] or None, noted["verified"] == "yes", noted["first_name"], noted["last_name"]
    )
    return profile, noted["once"]
