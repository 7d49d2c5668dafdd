"""Who wrote up to where, lately: so that their searches can wait for it."""

from collections import OrderedDict
from typing import Final

_PEOPLE: Final = 50_000


class Recent:
    """The last write of each person whom this process served; the longest silent are forgotten. Writes
    through other processes are not known: who needs those asks with `Storefold-Min-Position`."""

    def __init__(self) -> None:
        self._positions: OrderedDict[int, int] = OrderedDict()

    def wrote(self, person_id: int | None, position: int) -> None:
        if person_id is None:
            return
        self._positions[person_id] = max(position, self._positions.get(person_id, 0))
        self._positions.move_to_end(person_id)
        if len(self._positions) > _PEOPLE:
            self._positions.popitem(last=False)

    def of(self, person_id: int | None) -> int | None:
        return None if person_id is None else self._positions.get(person_id)
