"""What the rules need to know of a return: it is recorded once, and stays as it is."""

import msgspec

from write_side.messages import Event
from write_side.returns.events import ReturnRecorded
from write_side.work import Aggregate


class Return(msgspec.Struct, frozen=True, kw_only=True):
    return_id: int = 0
    number: str = ""
    returned_at: str = ""  # business time
    total: int = 0


def evolve(state: Return, event: Event) -> Return:
    match event:
        case ReturnRecorded():
            return Return(
                return_id=event.return_id,
                number=event.number,
                returned_at=event.returned_at,
                total=event.total,
            )
        case _:
            return state


RETURN = Aggregate("return", Return(), evolve)
