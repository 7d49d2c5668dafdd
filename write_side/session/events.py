"""Session events, in streams `session-<session id>`."""

from typing import ClassVar

from write_side.messages import Event


class SessionBegan(Event, frozen=True):
    """A person signed in; `method`: with a password, through Google or with a link."""

    TOPIC: ClassVar[str] = "session.began"

    session_id: int
    person_id: int
    surface: str
    remember: bool
    method: str


class SessionEnded(Event, frozen=True):
    """`reason`: the person signed out, or a token was presented long after its successor was issued."""

    TOPIC: ClassVar[str] = "session.ended"

    session_id: int
    person_id: int
    reason: str


SessionEvent = SessionBegan | SessionEnded
