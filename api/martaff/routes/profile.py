"""The caller's own account and profile."""

from typing import Any

import msgspec
from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.martaff.answers import people as answers
from api.martaff.bodies import people as bodies
from api.martaff.cookies import Cookies
from api.martaff.show import people as show
from api.parts import Parts
from api.rows.body import ANY, JSON, MULTIPART
from api.rows.django_rest import Detail
from api.rows.errors import Refused
from api.rows.row import Call, Rows, Who, reply
from read_side.documents.person import Account, Picture
from read_side.errors import NotBuilt
from write_side.account.commands import DeleteAccount, UpdateProfile
from write_side.media import PATH, PEOPLE

WITH_PICTURE = 8 * 1024 * 1024  # bytes
PROFILES = (answers.CustomerProfile, answers.ManufacturerProfile)


def add_profile_rows(rows: Rows, parts: Parts, gateway: Gateway, cookies: Cookies) -> None:
    async def mine(call: Call[Any]) -> Account:
        account = await parts.reads.accounts.by_id(call.person_id)
        if account is None:
            raise NotBuilt("the account is not in the read model yet")
        return account

    async def points(account: Account) -> int:
        return await parts.reads.accounts.loyalty_points(account.person_id)

    async def changed(call: Call[Any], account: Account, fields: dict[str, Any]) -> Account:
        """The account as it is then; what was just written is shown as written, also where the model is slow."""
        sent = _details(account, call.body) | fields
        file = call.body.profile_picture
        pictures = [await parts.uploads.check(file.content)] if file is not bodies.NO_FILE else []
        if not sent and not pictures:
            return account
        async with parts.uploads.kept(call.request, call.actor, PEOPLE, pictures) as kept:
            picture = {"key": kept[0].key, "size": kept[0].size} if kept else None
            command = UpdateProfile.model_validate({**sent, "picture": picture, "policy": "martaff"})
            done = await gateway.send_and_see(call.request, command, call.actor)
        await parts.uploads.forget(done.result["keys"])
        if kept:
            sent["profile_picture"] = Picture(*kept[0], uploaded_at="")
        return msgspec.structs.replace(await mine(call), **sent)

    @rows.row("GET", "/accounts/customer", who=Who.READER, answer=PROFILES)
    async def customer(call: Call[None]) -> Response:
        """The caller's profile: a manufacturer's, or a customer's."""
        account = await mine(call)
        return answer(call.request, _shown(call, account, await points(account)))

    @rows.row(
        "PATCH",
        "/accounts/customer",
        who=Who.READER,
        body=bodies.ProfileChange,
        answer=PROFILES,
        media=(JSON, MULTIPART),
        largest=WITH_PICTURE,
    )
    async def change_customer(call: Call[bodies.ProfileChange]) -> Response:
        """Changes what is sent of the caller's profile."""
        account = await mine(call)
        _shown(call, account, 0)  # who has none changes none
        account = await changed(call, account, {})
        return reply(_shown(call, account, await points(account)))

    @rows.row(
        "GET",
        "/accounts/UserDetails/",
        who=Who.READER,
        answer=(answers.CustomerDetails, answers.ManufacturerDetails, answers.BareDetails),
    )
    async def user_details(call: Call[None]) -> Response:
        """The caller's account with its profile."""
        account = await mine(call)
        return answer(call.request, show.details(account, await points(account), _picture(call, account)))

    @rows.row(
        "PATCH",
        "/accounts/UserDetails/",
        who=Who.READER,
        body=bodies.AccountChange,
        answer=answers.User,
        media=ANY,
        largest=WITH_PICTURE,
    )
    async def change_user_details(call: Call[bodies.AccountChange]) -> Response:
        """Changes what is sent of the caller's account and profile, all or nothing."""
        fields = {"email": call.body.email} if call.body.email else {}
        return reply(show.user(await changed(call, await mine(call), fields)))

    @rows.row("DELETE", "/accounts/delete/", who=Who.SENDER, answer=answers.Message)
    async def delete_account(call: Call[None]) -> Response:
        """Erases the caller, for good."""
        await gateway.send_and_see(call.request, DeleteAccount(), call.actor)
        return cookies.take_back(reply(answers.Message("User deleted successfully")))

    @rows.row("POST", "/accounts/delete/", who=Who.SENDER, answer=answers.Message)
    async def delete_account_by_post(call: Call[None]) -> Response:
        """As DELETE, for clients that cannot send that."""
        return await delete_account(call)


def _shown(call: Call[Any], account: Account, points: int) -> show.Profile:
    found = show.profile(account, points, _picture(call, account))
    if found is None:
        raise Refused(400, Detail("No user details found!"))
    return found


def _details(account: Account, body: bodies.ProfileChange) -> dict[str, Any]:
    """What is sent of the fields of the caller's role; the other role's are not looked at. Raises pydantic's
    ValidationError."""
    sent = body.model_dump(include={"contact_details", "bank_details"}, exclude_unset=True)
    if account.details == "bank_details":
        return bodies.Manufacturer.model_validate(sent).model_dump(exclude_unset=True)
    if account.details == "contact_details":
        return bodies.Customer.model_validate(sent).model_dump(exclude_unset=True)
    return {}


def _picture(call: Call[Any], account: Account) -> str | None:
    """Where it is shown."""
    picture = account.profile_picture
    return None if picture is None else f"{call.origin}{PATH}{picture.key}"
