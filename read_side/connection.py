"""One connection to Redis for an event loop: commands go out in bunches, replies come back in
order.

redis-py's asyncio client spends more on each command than Redis does; queries are the hot path here
and need five commands. And it reconnects behind one's back, while `Positions` has to know in the
same moment that a connection broke. So the bytes are hiredis's and the socket is asyncio's.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, cast

import hiredis
from redis.asyncio.connection import parse_url

from read_side.errors import Unavailable

CONNECT_TIMEOUT = 1.0  # seconds
Command = tuple[str | bytes | int, ...]


class Connection(asyncio.Protocol):
    """`lost` is called once when it breaks; `hear` gets what is published on subscribed
    channels."""

    def __init__(
        self,
        lost: Callable[[], None] = lambda: None,
        hear: Callable[[bytes], None] = lambda _message: None,
    ) -> None:
        self._lost = lost
        self._hear = hear
        self._reader = hiredis.Reader()
        self._transport: asyncio.Transport | None = None
        self._trips: deque[tuple[int, list[Any], asyncio.Future[list[Any]]]] = deque()

    @property
    def open(self) -> bool:
        return self._transport is not None

    def ask(self, commands: Sequence[Command]) -> "asyncio.Future[list[Any]]":
        """The replies, one per command; an error reply is a hiredis.ReplyError among them."""
        reply: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        if self._transport is None:
            reply.set_exception(Unavailable("Redis is away"))
            return reply
        self._trips.append((len(commands), [], reply))
        packed = [hiredis.pack_command(cast("Any", command)) for command in commands]
        self._transport.write(b"".join(packed))
        return reply

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            if isinstance(reply, list) and len(reply) == 3 and reply[0] == b"message":
                self._hear(reply[2])
                continue
            count, replies, future = self._trips[0]
            replies.append(reply)
            if len(replies) == count:
                self._trips.popleft()
                if not future.done():
                    future.set_result(replies)

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        trips, self._trips = self._trips, deque()
        for _, _, future in trips:
            if not future.done():
                future.set_exception(Unavailable("the connection to Redis broke"))
        self._lost()


async def connect(
    url: str,
    lost: Callable[[], None] = lambda: None,
    hear: Callable[[bytes], None] = lambda _message: None,
) -> Connection:
    """Connects as a redis://, rediss:// or unix:// address says. Raises Unavailable."""
    options = parse_url(url)
    connection = Connection(lost, hear)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            if "path" in options:
                await loop.create_unix_connection(lambda: connection, options["path"])
            else:
                host, port = options.get("host", "localhost"), options.get("port", 6379)
                secure = ssl.create_default_context() if url.startswith("rediss:") else None
                await loop.create_connection(lambda: connection, host, port, ssl=secure)
            await _greet(connection, options)
    except (OSError, TimeoutError) as error:
        connection.close()
        raise Unavailable(f"Redis does not answer: {error}") from error
    return connection


async def _greet(connection: Connection, options: Any) -> None:
    greeting: list[Command] = [("SELECT", options.get("db", 0))]
    if "password" in options:
        user = (options["username"],) if options.get("username") else ()
        greeting.insert(0, ("AUTH", *user, options["password"]))
    for reply in await connection.ask(greeting):
        if isinstance(reply, hiredis.ReplyError):
            connection.close()
            raise Unavailable(f"Redis refuses: {reply}")
