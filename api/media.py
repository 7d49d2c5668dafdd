"""`GET /media/{key}`: pictures, for everybody who knows their address.

What has no record any more is not shown, whether or not its object has been deleted yet. A key never gets another
content, so a copy stays right; `no-cache` has it asked each time whether it is still to be shown.
"""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.parts import Parts
from api.storage import Stored
from write_side.media import PATH, PEOPLE, Key, parse_key
from write_side.refusals import NotFound


class NoSuchPicture(NotFound):
    type = "no-such-picture"
    title = "There is no such picture"


def media_router(parts: Parts) -> APIRouter:
    router = APIRouter(tags=["pictures"])
    answers = {
        200: {"description": "The picture", "content": {"image/*": {}}},
        304: {"description": "The client's copy (`If-None-Match`) is still right"},
        404: {"description": "There is no such picture, or not any more"},
        503: {"description": "The storage is away or switched off"},
    }

    @router.get(PATH + "{key:path}", response_class=Response, responses=answers)  # type: ignore[arg-type]
    async def picture(request: Request, key: str) -> Response:
        """A product's picture or a person's."""
        return await _answer(parts, request, key)

    @router.head(PATH + "{key:path}", include_in_schema=False)
    async def head(request: Request, key: str) -> Response:
        return await _answer(parts, request, key)

    return router


async def _answer(parts: Parts, request: Request, text: str) -> Response:
    key = parse_key(text)
    if key is None or not await _in_use(parts, key, text):
        raise NoSuchPicture
    headers = {
        "etag": f'"{text.rpartition("/")[2].partition(".")[0]}"',
        "cache-control": "public, no-cache",
        # Whatever a browser makes of the bytes, it is a picture and nothing that runs.
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    known = request.headers.get("if-none-match", "")
    if headers["etag"] in [part.strip().removeprefix("W/") for part in known.split(",")]:
        return Response(status_code=304, headers=headers)
    stored = await run_in_threadpool(parts.uploads.storage.get, text)
    if stored is None:
        raise NoSuchPicture
    headers["content-length"] = str(stored.size)
    if request.method == "HEAD":
        stored.close()
        return Response(headers=headers, media_type=key.content_type)
    return StreamingResponse(_chunks(stored), headers=headers, media_type=key.content_type)


async def _in_use(parts: Parts, key: Key, text: str) -> bool:
    if key.folder == PEOPLE:
        account = await parts.reads.accounts.by_id(key.uploader_id)
        return account is not None and account.profile_picture is not None and account.profile_picture.key == text
    return await parts.reads.products.has_picture(text)


async def _chunks(stored: Stored) -> AsyncIterator[bytes]:
    """Closed also when the client goes away in the middle."""
    try:
        while chunk := await run_in_threadpool(stored.read):
            yield chunk
    finally:
        stored.close()
