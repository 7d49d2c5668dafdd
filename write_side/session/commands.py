"""What may be asked of sessions: by surfaces, once they know who somebody is."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from write_side.fields import Id
from write_side.messages import Access, Command


class BeginSession(Command):
    """Signs a person in on a surface, whose policy says how long the tokens live."""

    access: ClassVar[Access] = Access.SERVICE

    person_id: Id
    surface: Literal["martaff"]
    method: Literal["password", "google", "link"]
    token_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the first refresh token's id")]
    remember: bool = False


class EndSession(Command):
    """Ends a session: none of its refresh tokens is good from now on."""

    access: ClassVar[Access] = Access.SERVICE

    session_id: Id
    reason: Literal["signed-out", "token-reused"] = "signed-out"
