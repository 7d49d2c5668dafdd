"""What the rules need to know of a session."""

import msgspec

from write_side.messages import Event
from write_side.session.events import SessionBegan, SessionEnded
from write_side.work import Aggregate


class Session(msgspec.Struct, frozen=True):
    person_id: int = 0
    ended: bool = False


def evolve(session: Session, event: Event) -> Session:
    match event:
        case SessionBegan():
            return Session(event.person_id)
        case SessionEnded():
            return Session(event.person_id, ended=True)
        case _:
            return session


SESSION = Aggregate("session", Session(), evolve)
