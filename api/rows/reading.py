"""Reads a request's body as one of the types that its row takes."""

from collections.abc import AsyncGenerator
from typing import Final, TypeVar

from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from api.middleware import LARGEST
from api.rows.body import FORM, JSON, MULTIPART, Body, Upload
from api.rows.errors import Unreadable
from api.rows.row import Row

_FILES: Final = 50  # of one form
_FIELDS: Final = 1000

Read = TypeVar("Read", bound=Body)


async def read(request: Request, row: Row, body: type[Body]) -> Body:
    """Raises pydantic's ValidationError for what does not fit, Unreadable for a body that is not what its type says,
    HTTPException (408, 413, 415)."""
    if row.largest is not None:
        request.scope[LARGEST] = row.largest
    return await parse(request, body, row.media)


async def parse(request: Request, body: type[Read], media: tuple[str, ...]) -> Read:
    """As `read`, for a row that reads its body itself."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in (FORM, MULTIPART) and kind in media:
        return body.of_form(await read_form(request, kind))
    raw = await request.body()
    if raw and (kind != JSON or JSON not in media):
        raise HTTPException(415)
    return body.model_validate_json(raw or b"{}")


class _Whole(MultiPartParser):
    """Knows whether the last boundary came: what was cut off is not half a form, but none."""

    ended = False

    def on_end(self) -> None:
        self.ended = True


async def read_form(request: Request, kind: str) -> dict[str, list[str | Upload]]:
    """Texts and files by their names, in the order they came. `kind`: FORM or MULTIPART. Raises Unreadable and
    HTTPException (408, 413)."""
    seen = 0

    async def stream() -> AsyncGenerator[bytes, None]:
        nonlocal seen
        async for part in request.stream():
            seen += len(part)
            yield part

    parser: FormParser | _Whole
    if kind == FORM:
        parser = FormParser(request.headers, stream(), max_fields=_FIELDS)
    else:
        parser = _Whole(request.headers, stream(), max_files=_FILES, max_fields=_FIELDS)
    try:
        form = await parser.parse()
    except (MultiPartException, FormParserError, ValueError) as error:  # ValueError: of a charset that is none
        raise Unreadable(str(error)) from error
    try:
        if seen and isinstance(parser, _Whole) and not parser.ended:
            raise Unreadable("the form has no end")
        found: dict[str, list[str | Upload]] = {}
        for name, value in form.multi_items():
            found.setdefault(name, []).append(await _upload(value) if isinstance(value, UploadFile) else value)
        return found
    finally:
        await form.close()


async def _upload(file: UploadFile) -> Upload:
    return Upload(await file.read(), file.filename or "", file.content_type or "")
