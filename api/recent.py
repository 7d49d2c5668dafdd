"""Who wrote up to where, lately: so that what they read can wait for it."""

from collections import OrderedDict
from typing import Final

from starlette.requests import Request

_KNOWN: Final = 50_000

Writer = int | str
"""A person; or where requests come from, of clients that read without saying who they are."""


def whereabouts(request: Request) -> str:
    """Where a request comes from, as it says itself: who lies about it waits for somebody else's writes, or does not
    wait for their own."""
    client = request.client
    return f"{client.host if client is not None else ''} {request.headers.get('x-forwarded-for', '')[:200]}"


class Recent:
    """The last write of each writer whom this process served; the longest silent are forgotten. Writes
    through other processes are not known: who needs those asks with `Storefold-Min-Position`."""

    def __init__(self) -> None:
        self._positions: OrderedDict[Writer, int] = OrderedDict()
        self.latest = 0  # of anybody's: who has seen that needs not ask further

    def wrote(self, position: int, *writers: Writer | None) -> None:
        self.latest = max(self.latest, position)
        for writer in writers:
            if writer is not None:
                self._positions[writer] = max(position, self._positions.get(writer, 0))
                self._positions.move_to_end(writer)
        while len(self._positions) > _KNOWN:
            self._positions.popitem(last=False)

    def of(self, *writers: Writer | None) -> int:
        """The last of what any of them wrote; 0 for nothing."""
        return max((self._positions.get(writer, 0) for writer in writers if writer is not None), default=0)
