"""Registration, sign-in and the caller's own profile."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any

import msgspec
from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.parts import Parts
from api.rows.errors import invalid
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import accounts as answers
from api.store_v1.answers.values import Message
from api.store_v1.errors import Refused
from api.store_v1.show import accounts as show
from api.store_v1.statuses import SURFACE
from api.tokens import InvalidToken, Tokens
from read_side.documents.person import Account, username
from read_side.errors import NotBuilt
from write_side.account.commands import ChangePassword, RegisterAccount, UpdateProfile, VerifyEmail
from write_side.identifiers import uuid_text
from write_side.secrets.one_time_tokens import VERIFY_EMAIL, OneTimeTokens
from write_side.secrets.sign_in import Identity

ACCESS = 3600  # seconds
REFRESH = timedelta(days=7)


def add_account_rows(rows: Rows, parts: Parts, gateway: Gateway, tokens: Tokens) -> None:
    links = OneTimeTokens(parts.log)

    def access(identity: Identity, position: int) -> str:
        return tokens.access(
            identity.person_id,
            identity.roles,
            position,
            ACCESS,
            user_id=uuid_text("person", identity.person_id),
            username=username(identity.person_id),
            permissions=sorted(identity.roles),
        )

    def log_in(body: bodies.Login) -> tuple[Identity, answers.TokenPair] | None:
        """Hashing and queries, for a thread."""
        identity = parts.sign_in.with_password(body.email, body.password)
        if identity is None:
            return None
        family = secrets.randbits(63)  # names this login
        token_id = parts.refresh_tokens.issue(identity.person_id, SURFACE, REFRESH, family)
        refresh = tokens.refresh(identity.person_id, token_id, int(REFRESH.total_seconds()))
        return identity, answers.TokenPair(refresh, access(identity, parts.log.head()))

    def refreshed(token: str) -> str:
        """Raises InvalidToken; for a thread, too."""
        _, token_id = tokens.read_refresh(token)
        known = parts.refresh_tokens.find(token_id, SURFACE)
        identity = parts.sign_in.identity(known.person_id) if known is not None else None
        if identity is None:
            raise InvalidToken("revoked, or the account is not active")
        return access(identity, parts.log.head())

    def revoked(token: str, person_id: int) -> bool:
        """Whether a token of theirs was ended; for a thread, too."""
        try:
            _, token_id = tokens.read_refresh(token)
        except InvalidToken:
            return False
        return parts.refresh_tokens.revoke(token_id, person_id)

    async def mine(call: Call[Any]) -> Account:
        account = await parts.reads.accounts.by_id(call.person_id)
        if account is None:
            raise NotBuilt("the account is not in the read model yet")
        return account

    @rows.row(
        "POST",
        "/auth/register/",
        who=Who.ANYBODY,
        body=bodies.Registration,
        answer=answers.Registered,
        status=201,
        errors=(400, 409),
        limit="register",
    )
    async def register(call: Call[bodies.Registration]) -> Response:
        """Registers an account."""
        body = call.body
        command = RegisterAccount.model_validate({**body.model_dump(exclude={"password_confirm"}), "policy": "store"})
        accepted = await gateway.send_and_see(call.request, command, call.actor)
        user = answers.NewUser(
            uuid_text("person", accepted.result["person_id"]), body.email, body.first_name, body.last_name
        )
        message = "User registered successfully. Please check your email to verify your account."
        return reply(answers.Registered(message, user), 201)

    @rows.row(
        "GET",
        "/auth/verify-email/",
        who=Who.ANYBODY,
        answer=Message,
        errors=(400,),
        query={"token": {"type": "string"}},
    )
    async def verify_email(call: Call[None]) -> Response:
        """Verifies an e-mail address: the link in the mail."""
        token = call.request.query_params.get("token", "")
        person_id = await asyncio.to_thread(links.find, token, VERIFY_EMAIL)
        if person_id is None:
            raise invalid(token="Token is invalid or expired")
        if call.request.method != "HEAD":  # which asks what GET would do, and does nothing
            service = msgspec.structs.replace(call.actor, service="verification")
            await gateway.send_and_see(call.request, VerifyEmail(person_id=person_id), service)
            # Last: a link whose click was lost on the way is as good as before.
            await asyncio.to_thread(links.redeem, token, VERIFY_EMAIL)
        return reply(Message("Email verified successfully"))

    @rows.row(
        "POST",
        "/auth/login/",
        who=Who.ANYBODY,
        body=bodies.Login,
        answer=answers.LoggedIn,
        errors=(400, 401),
        limit="login",
    )
    async def login(call: Call[bodies.Login]) -> Response:
        """Signs in with e-mail and password."""
        found = await asyncio.to_thread(log_in, call.body)
        if found is None:
            raise Refused(401, "Invalid email or password", "invalid_credentials")
        identity, pair = found
        user = answers.User(
            id=uuid_text("person", identity.person_id),
            email=identity.email,
            first_name=identity.first_name,
            last_name=identity.last_name,
            is_verified=identity.verified,
        )
        return reply(answers.LoggedIn("Login successful", pair, user, ACCESS))

    @rows.row(
        "POST",
        "/auth/refresh/",
        who=Who.ANYBODY,
        body=bodies.Refresh,
        answer=answers.Access,
        errors=(400, 401),
    )
    async def refresh(call: Call[bodies.Refresh]) -> Response:
        """Gives a new access token for a refresh token, which stays good."""
        return reply(answers.Access(await asyncio.to_thread(refreshed, call.body.refresh)))

    @rows.row("POST", "/auth/logout/", who=Who.READER, body=bodies.Refresh, answer=Message, errors=(400,))
    async def logout(call: Call[bodies.Refresh]) -> Response:
        """Ends one refresh token of the caller's."""
        if not await asyncio.to_thread(revoked, call.body.refresh, call.person_id):
            raise invalid(refresh="Token is invalid or expired")
        return reply(Message("Logout successful"))

    @rows.row(
        "POST",
        "/auth/password/",
        who=Who.SENDER,
        body=bodies.PasswordChange,
        answer=Message,
        errors=(400,),
    )
    async def password(call: Call[bodies.PasswordChange]) -> Response:
        """Replaces the caller's password."""
        command = ChangePassword.model_validate(call.body.model_dump(exclude={"new_password_confirm"}))
        await gateway.send(call.request, command, call.actor)
        return reply(Message("Password changed successfully"))

    @rows.row("GET", "/auth/me/", who=Who.READER, answer=answers.Profile)
    async def me(call: Call[None]) -> Response:
        """The caller's profile."""
        return answer(call.request, show.profile(await mine(call)))

    @rows.row("PUT", "/auth/me/", who=Who.SENDER, body=bodies.Profile, answer=answers.Profile, errors=(400,))
    async def change_me(call: Call[bodies.Profile]) -> Response:
        """Changes what is sent of the caller's profile."""
        sent = call.body.model_dump(exclude_unset=True)
        await gateway.send_and_see(call.request, UpdateProfile.model_validate(sent), call.actor)
        # What was just written is shown as written, also where the model is slow.
        return reply(show.profile(msgspec.structs.replace(await mine(call), **sent)))
