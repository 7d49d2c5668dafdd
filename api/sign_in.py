"""`POST /auth/token`: the OAuth2 password flow, whose tokens every surface takes."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.parts import Parts
from api.problems import MEDIA_TYPE
from api.tokens import Tokens

LIFETIME = 3600  # seconds

_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "const": "bearer"},
        "expires_in": {"type": "integer", "description": "seconds"},
    },
}
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}


_TOO_OFTEN: dict[str, Any] = {
    "description": "Asked too often; `Retry-After` says how many seconds to wait",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_REFUSED: dict[str, Any] = {
    "description": "The credentials are wrong (RFC 6749 5.2), or the form does not fit",
    "content": {
        "application/json": {"schema": _ERROR},
        MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
    },
}


def _says(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def sign_in_router(parts: Parts, tokens: Tokens) -> APIRouter:
    router = APIRouter(tags=["auth"])

    @router.post(
        "/auth/token",
        response_class=JSONResponse,
        responses={200: _says("Signed in", _ANSWER), 400: _REFUSED, 429: _TOO_OFTEN},
    )
    async def token(
        username: Annotated[str, Form(max_length=254, description="the e-mail address")],
        password: Annotated[str, Form(max_length=1024)],
        grant_type: Annotated[str, Form(pattern="^password$")] = "password",
    ) -> JSONResponse:
        """Signs in with e-mail and password. The token opens every surface."""
        identity = await run_in_threadpool(parts.sign_in.with_password, username, password)
        if identity is None:
            return JSONResponse(
                {"error": "invalid_grant", "error_description": "unknown e-mail, wrong password or inactive account"},
                400,
                {"cache-control": "no-store"},
            )
        position = await run_in_threadpool(parts.log.head)
        access = tokens.access(identity.person_id, identity.roles, position, LIFETIME)
        body = {"access_token": access, "token_type": "bearer", "expires_in": LIFETIME}
        return JSONResponse(body, headers={"cache-control": "no-store"})

    return router
