"""The caller's own picture."""

from starlette.responses import Response

from api.gateway import Gateway
from api.marketplace.answers import images as answers
from api.marketplace.answers.cart import Message
from api.marketplace.bodies import images as bodies
from api.marketplace.routes.images import LARGEST
from api.marketplace.show import images as show
from api.parts import Parts
from api.rows.body import ANY
from api.rows.errors import invalid
from api.rows.row import Call, Rows, Who, reply
from read_side.documents.person import Picture
from write_side.account.commands import RemoveProfilePicture, SetProfilePicture
from write_side.media import PEOPLE


def add_profile_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    uploads = parts.uploads

    @rows.row("GET", "/profiles/profile_picture/", who=Who.READER, answer=answers.ProfilePicture)
    async def profile_picture(call: Call[None]) -> Response:
        """The caller's picture; none while the storage is switched off."""
        account = await parts.reads.accounts.by_id(call.person_id)
        found = account.profile_picture if account is not None and uploads.on else None
        here = show.origin(call.request)
        shown = show.picture(found, here, uploads.presigned_url) if found is not None else None
        return reply(answers.ProfilePicture(shown))

    async def taken(call: Call[bodies.NewPicture]) -> Response:
        field = "image" if call.body.profile_picture is None else "profile_picture"
        file = call.body.file
        if file is None:
            raise invalid(profile_picture="No file was submitted.")
        checked = await uploads.check(file.content, field)
        async with uploads.kept(call.request, call.actor, PEOPLE, [checked]) as [kept]:
            command = SetProfilePicture(key=kept.key, size=kept.size)
            done = (await gateway.send_and_see(call.request, command, call.actor)).result
        await uploads.forget(done["keys"])
        told = Picture(kept.key, kept.content_type, kept.size, done["uploaded_at"])
        shown = show.picture(told, show.origin(call.request), uploads.presigned_url)
        return reply(answers.UploadedPicture("Profile picture uploaded successfully.", shown), 201)

    @rows.row(
        "POST",
        "/profiles/upload_profile_picture/",
        who=Who.SENDER,
        body=bodies.NewPicture,
        answer=answers.UploadedPicture,
        status=201,
        media=ANY,
        largest=LARGEST,
    )
    async def upload_profile_picture(call: Call[bodies.NewPicture]) -> Response:
        """Gives the caller a picture (JPEG, PNG, WebP or GIF by its content, at most 5 MiB) in the place of an earlier
        one."""
        return await taken(call)

    @rows.row(
        "PATCH",
        "/profiles/update_profile_picture/",
        who=Who.SENDER,
        body=bodies.NewPicture,
        answer=answers.UploadedPicture,
        status=201,
        media=ANY,
        largest=LARGEST,
    )
    async def update_profile_picture(call: Call[bodies.NewPicture]) -> Response:
        """As upload_profile_picture."""
        return await taken(call)

    @rows.row("DELETE", "/profiles/delete_profile_picture/", who=Who.SENDER, answer=Message, errors=(404,))
    async def delete_profile_picture(call: Call[None]) -> Response:
        """Takes the caller's picture away: its address stops working."""
        done = await gateway.send_and_see(call.request, RemoveProfilePicture(), call.actor)
        await uploads.forget(done.result["keys"])
        return reply(Message("Profile picture deleted successfully."))
