"""How far the read models have come, known in memory, and whether Redis is there.

The runners announce each batch on a Redis channel. This subscribes, so that a request which must
see position N waits for a message and asks nobody. When the subscription breaks, Redis is gone:
`alive` turns false at once, and true again with the next subscription.
"""

import asyncio
import contextlib
import heapq
import itertools
import logging
from collections.abc import Callable

from read_side.connection import Connection, connect
from read_side.documents.layout import Layout, decode_announcement, decode_live
from read_side.errors import Behind, NotBuilt, Unavailable

log = logging.getLogger(__name__)

RETRY = 0.2  # seconds between tries to subscribe again
ASK = 1.0  # seconds between questions whether Redis still answers
PATIENCE = 2.0  # seconds it has to answer: a frozen server keeps its connections


class Mark:
    """A position that rises, and those who wait for it."""

    def __init__(self) -> None:
        self.position = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def rise(self, position: int) -> None:
        self.position = max(self.position, position)
        while self._waiting and self._waiting[0][0] <= position:
            future = heapq.heappop(self._waiting)[2]
            if not future.done():
                future.set_result(None)

    async def reach(self, position: int, timeout: float) -> None:
        """Returns when the mark is at `position`; raises Behind after `timeout` seconds."""
        if self.position >= position:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = (position, next(self._numbers), future)
        heapq.heappush(self._waiting, waiting)
        try:
            async with asyncio.timeout(timeout):
                await future
        except TimeoutError as error:
            raise Behind(f"position {position} is not reached yet") from error
        finally:
            if waiting in self._waiting:  # gave up: a position that never comes would stay for ever
                self._waiting.remove(waiting)
                heapq.heapify(self._waiting)


class Positions:
    """One subscription per process. `alive`: Redis answers; `built`: it has read models. Both are
    false until `start` has returned, and what they say is at most `ASK` seconds old."""

    def __init__(self, url: str, layout: Layout | None = None) -> None:
        self.layout = layout or Layout()
        self.documents = Mark()
        self.search = Mark()
        self.alive = False
        self.built = False
        self._url = url
        self._listeners: list[Callable[[set[str] | None], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()

    def on_change(self, listener: Callable[[set[str] | None], None]) -> None:
        """`listener` hears which in-memory models changed, and whether what searches find did (`SEARCH`); None: any of
        them may have."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """Subscribes; returns after the first try, successful or not."""
        tried = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._follow(tried))
        await tried.wait()

    async def stop(self) -> None:
        self.alive = False
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def wait(self, position: int, timeout: float) -> None:
        """Returns when the Redis models have seen `position`. Raises Behind, or at once
        Unavailable."""
        if not self.alive:
            raise Unavailable("Redis is away")
        if not self.built:
            raise NotBuilt("the read models are being built")
        await self.documents.reach(position, timeout)

    async def _follow(self, tried: asyncio.Event) -> None:
        while True:
            try:
                await self._subscribe(tried)
            except (Unavailable, TimeoutError) as error:
                log.debug("no subscription: %s", error)
            self._away()
            tried.set()
            await asyncio.sleep(RETRY)

    async def _subscribe(self, tried: asyncio.Event) -> None:
        self._gone.clear()
        # A Redis that crashed may have lost its last second: nothing is known any more.
        self.documents.position = self.search.position = 0
        channel = await connect(self._url, lost=self._away, hear=self._hear)
        asking = await connect(self._url, lost=self._away)
        try:
            await channel.ask([("SUBSCRIBE", self.layout.channel)])
            # What was announced before the subscription is in the stored positions.
            await self._look(asking, channel)
            self.alive = True
            self._tell(None)
            log.info("subscribed to the read models' positions")
            tried.set()
            while not self._gone.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ASK):
                        await self._gone.wait()
                        return
                async with asyncio.timeout(PATIENCE):
                    await self._look(asking, channel)
        finally:
            channel.close()
            asking.close()

    def _away(self) -> None:
        if self.alive:
            log.warning("Redis is away")
        self.alive = False
        self._gone.set()

    async def _look(self, asking: Connection, channel: Connection) -> None:
        """Takes up the stored positions, which a lost announcement does not hold up."""
        pointer, search = await asking.ask([("GET", self.layout.live), ("GET", self.layout.search)])
        stored: list[bytes | None] = []
        if isinstance(pointer, bytes):
            names = [f"{model}.{number}" for model, number in decode_live(pointer).models.items()]
            (stored,) = await asking.ask([("HMGET", self.layout.positions, *names)])
        # The announcements of these positions may still be on their way. Who is told of a position takes what is
        # kept in memory to be as new: the answer to this comes after them.
        await channel.ask([("PING",)])
        self.built = isinstance(pointer, bytes)
        if isinstance(search, bytes):
            self.search.rise(decode_announcement(search).position)
        self.documents.rise(min((int(position) for position in stored if position is not None), default=0))

    def _hear(self, message: bytes) -> None:
        news = decode_announcement(message)
        if news.changed:
            self._tell(set(news.changed))
        if news.search:
            self.search.rise(news.position)
        else:
            self.built = True
            self.documents.rise(news.position)

    def _tell(self, changed: set[str] | None) -> None:
        for listener in self._listeners:
            listener(changed)
