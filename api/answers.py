"""Bodies of answers: structs to JSON, with a validator that lets a client ask whether they changed."""

from hashlib import blake2b
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

_encode = msgspec.json.Encoder().encode


def answer(request: Request, body: Any) -> Response:
    """200 with an ETag, or 304 where the client's copy (`If-None-Match`) is this one."""
    content = _encode(body)
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "authorization"}
    known = request.headers.get("if-none-match")
    if known is not None and (
        known.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in known.split(",")]
    ):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")
