"""The rules of sessions."""

from write_side.messages import Event
from write_side.refusals import Conflict
from write_side.session.events import SessionEnded
from write_side.session.state import Session


class SessionIsOver(Conflict):
    """It was ended before, or never began."""

    type = "session-is-over"
    title = "The session is over"


def end(session: Session, session_id: int, reason: str) -> list[Event]:
    """Once: of two who sign out at a time one is told that it is over."""
    if session.person_id == 0 or session.ended:
        raise SessionIsOver
    return [SessionEnded(session_id=session_id, person_id=session.person_id, reason=reason)]
