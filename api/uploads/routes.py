"""The native upload: a picture in, its key out, for commands that take one."""

from enum import StrEnum
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.auth import Callers
from api.middleware import LARGEST as LARGEST_BODY
from api.parts import Parts
from api.rows.body import MULTIPART, Upload
from api.rows.errors import Unreadable
from api.rows.reading import read_form
from write_side.media import LARGEST, PATH, PEOPLE, PRODUCTS
from write_side.refusals import Invalid


class Purpose(StrEnum):
    PRODUCT_IMAGE = "product-image"
    PROFILE_PICTURE = "profile-picture"


class Uploaded(msgspec.Struct):
    """`size` in bytes. `path` answers once a command has taken the key."""

    key: str
    content_type: str
    size: int
    path: str


_FOLDERS: Final = {Purpose.PRODUCT_IMAGE: PRODUCTS, Purpose.PROFILE_PICTURE: PEOPLE}
_FORM: Final[dict[str, Any]] = {
    "security": [{"password": []}],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    },
}
_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "Stored. A key that no command takes within a day is void",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Uploaded"}}},
    },
    **{
        status: {"description": text, "content": _PROBLEM}
        for status, text in {
            400: "No file, or it is no picture",
            401: "Nobody is signed in",
            403: "Only sellers and administrators have products",
            404: "No such purpose",
            408: "The body did not arrive in time",
            413: "The body is too large",
            429: "Asked too often; `Retry-After` says how many seconds to wait",
            503: "The storage is away or switched off",
        }.items()
    },
}


def upload_router(parts: Parts, callers: Callers) -> APIRouter:
    router = APIRouter(tags=["uploads"])

    @router.post(
        "/uploads/{purpose}", status_code=201, response_class=Response, responses=_ANSWERS, openapi_extra=_FORM
    )
    async def upload(request: Request, purpose: Purpose) -> Response:
        """Stores a picture (JPEG, PNG, WebP or GIF by its content, at most 5 MiB), and answers with its key. Only its
        uploader may give it to a product or take it as their picture."""
        who = await callers.signed_in(request)
        picture = await parts.uploads.check(await _file(request), "file")
        async with parts.uploads.kept(request, who, _FOLDERS[purpose], [picture]) as [kept]:
            body = Uploaded(kept.key, kept.content_type, kept.size, PATH + kept.key)
        return Response(msgspec.json.encode(body), 201, media_type="application/json")

    return router


async def _file(request: Request) -> bytes:
    request.scope[LARGEST_BODY] = LARGEST + 65_536  # the form around it
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MULTIPART:
        raise Invalid(f"the body is no {MULTIPART}", field="file")
    try:
        form = await read_form(request, kind)
    except Unreadable as error:
        raise Invalid(f"the form cannot be read: {error}", field="file") from error
    files = [file for file in form.get("file", []) if isinstance(file, Upload)]
    if not files:
        raise Invalid("no file was sent", field="file")
    return files[0].content
