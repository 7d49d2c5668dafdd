"""Clients that keep their connections: each sends its next request when it has the answer to the last.

They run in a process of their own, on an event loop without an HTTP library: an answer costs them some
20 µs, so that the server is what is measured. The same clients drive both sides.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain, cycle
from multiprocessing import get_context
from typing import cast

import msgspec
import uvloop


class Load(msgspec.Struct, frozen=True):
    """`clients`: for each its requests, which it sends round and round. `rate`: requests per second of
    all together; None: as fast as they are answered."""

    port: int
    clients: list[list[bytes]]
    seconds: float
    rate: float | None = None


class Drove(msgspec.Struct, frozen=True):
    """Per answer: the value of its `Storefold-Position` header (0: none), the moment it came (monotonic
    clock), and how long it took."""

    answers: list[tuple[int, float, float]]
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.answers) / self.seconds


def request(path: str, body: bytes | None = None, token: str = "") -> bytes:
    """A POST request with a JSON body, or without one a GET request."""
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    if body is not None:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    if token:
        head += f"authorization: Bearer {token}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


def drive(load: Load) -> Drove:
    """Drives the server from another process. Raises RuntimeError for any answer but 2xx."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(_drive, load).result()


def _drive(load: Load) -> Drove:
    return uvloop.run(_run(load))


async def _run(load: Load) -> Drove:
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(partial(Client, requests), "127.0.0.1", load.port))[1]
        for requests in load.clients
    ]
    began = time.monotonic()
    deadline = began + load.seconds
    pause = len(clients) / load.rate if load.rate else 0.0
    for number, client in enumerate(clients):
        client.start(began + pause * number / len(clients), deadline, pause)
    answers = await asyncio.gather(*(client.done for client in clients))
    return Drove(list(chain.from_iterable(answers)), time.monotonic() - began)


class Client(asyncio.Protocol):
    """One connection. With a `pause` its requests begin that far apart, or as soon as the last one is
    answered when that takes longer."""

    def __init__(self, requests: list[bytes]) -> None:
        self._loop = asyncio.get_running_loop()
        self._requests: Iterator[bytes] = cycle(requests)
        self._buffer = b""
        self._answers: list[tuple[int, float, float]] = []
        self.done: asyncio.Future[list[tuple[int, float, float]]] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def start(self, first: float, deadline: float, pause: float) -> None:
        self._due, self._deadline, self._pause = first, deadline, pause
        self._wait_and_send()

    def _wait_and_send(self) -> None:
        now = time.monotonic()
        if max(now, self._due) >= self._deadline:
            self.done.set_result(self._answers)
            self._transport.close()
        elif self._due > now:
            self._loop.call_later(self._due - now, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self._sent = time.monotonic()
        self._due += self._pause
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        answer = self._buffer + data if self._buffer else data
        end = answer.find(b"\r\n\r\n")
        if end < 0 or len(answer) < end + 4 + _number(answer, b"content-length: ", end):
            self._buffer = answer
            return
        self._buffer = b""
        now = time.monotonic()
        if answer[9:11] != b"20":
            self._fail(RuntimeError(answer[:1000].decode(errors="replace")))
            return
        self._answers.append((_number(answer, b"storefold-position: ", end), now, now - self._sent))
        self._wait_and_send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(RuntimeError(f"the server has closed a connection: {exc or 'in order'}"))

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
        self._transport.close()


def _number(answer: bytes, header: bytes, end: int) -> int:
    """The value of a header that is a number; 0: it is not there. The servers driven write names in
    lower case."""
    at = answer.find(header, 0, end)
    return int(answer[at + len(header) : answer.find(b"\r", at)]) if at >= 0 else 0
