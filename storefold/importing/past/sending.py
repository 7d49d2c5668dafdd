"""Commands on their way to the bus, many at once and in order.

They are decided in the order in which they are sent, and what is committed is always a beginning of it: they
go in one lane of the bus, so that behind one that gets lost none is tried. A store that goes away is waited
for, and everything from the first command without an answer is sent again, in the same order. Commands of
past business take effect once, however often they are sent.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from storefold.importing.waiting import AWAY, deadline, wait_for_store
from write_side.batch import Accepted, Lane
from write_side.bus import Bus
from write_side.messages import Actor, Command
from write_side.refusals import Overloaded, Refusal

AHEAD = 4000  # lines on their way: enough that batches are full, few enough that others get their turn

Settle = Callable[[Accepted | Refusal], None]
"""Hears what became of a command, on the sender's own thread."""


@dataclass(slots=True, eq=False)
class _Sent:
    command: Command
    weight: int
    settle: Settle
    answer: "Future[Accepted]"


class Sender:
    """Used by one thread. `send` waits while too much is on its way; `finish` for all that is. Both raise
    StoreAway, and whatever fault a command ended in."""

    def __init__(self, bus: Bus, actor: Actor, ahead: int = AHEAD) -> None:
        self._bus = bus
        self._actor = actor
        self._ahead = ahead
        self._on_its_way: deque[_Sent] = deque()
        self._weight = 0
        self._lane = Lane()

    def send(self, command: Command, weight: int, settle: Settle) -> None:
        """`weight`: about how many events it makes."""
        self._on_its_way.append(_Sent(command, weight, settle, self._submit(command)))
        self._weight += weight
        while self._weight > self._ahead and len(self._on_its_way) > 1:
            self._settle_first()

    def finish(self) -> None:
        while self._on_its_way:
            self._settle_first()

    def _submit(self, command: Command) -> "Future[Accepted]":
        try:
            return self._bus.submit(command, self._actor, lane=self._lane)
        except Overloaded as error:
            self._lane.broken = error
            answer: Future[Accepted] = Future()
            answer.set_exception(error)
            return answer

    def _settle_first(self) -> None:
        first = self._on_its_way[0]
        until: float | None = None
        while True:
            try:
                outcome: Accepted | Refusal = first.answer.result()
                break
            except AWAY as error:
                until = until or deadline()
                self._send_again(until, error)
            except Refusal as refusal:
                outcome = refusal
                break
        self._on_its_way.popleft()
        self._weight -= first.weight
        first.settle(outcome)

    def _send_again(self, until: float, error: Exception) -> None:
        for sent in self._on_its_way:
            sent.answer.exception()  # waits for it
        wait_for_store(until, error)
        self._lane = Lane()
        for sent in self._on_its_way:
            sent.answer = self._submit(sent.command)
