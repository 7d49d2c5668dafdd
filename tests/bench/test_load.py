"""The clients that drive a server, against one that answers as it is told."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bench.load import Drove, Load, _run, request

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nstorefold-position: 42\r\n\r\ntrue"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def drive(serve: Serve, seconds: float = 0.1, rate: float | None = None) -> Drove:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        return await _run(Load(port, [[request("/a", b"{}", "token")], [request("/b", b"[]")]], seconds, rate))


def answering(*parts: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(2)
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0)
        except asyncio.IncompleteReadError:
            writer.close()

    return serve


async def test_answers_carry_their_position_also_when_they_come_in_pieces() -> None:
    for parts in ([ANSWER], [ANSWER[:20], ANSWER[20:70], ANSWER[70:]]):
        drove = await drive(answering(*parts))
        assert len(drove.answers) > 2
        assert {position for position, _, _ in drove.answers} == {42}


async def test_a_rate_is_kept() -> None:
    drove = await drive(answering(ANSWER), seconds=0.5, rate=40)
    assert 10 <= len(drove.answers) <= 22  # 20, and a last one of each client


async def test_any_answer_but_200_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="429 Too Many"):
        await drive(answering(b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n"))


async def test_a_server_that_hangs_up_is_an_error() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    with pytest.raises(RuntimeError, match="closed a connection"):
        await drive(hang_up)


def test_a_request_is_what_http_says() -> None:
    assert request("/commands/x", b"{}", "abc") == (
        b"POST /commands/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"content-length: 2\r\nauthorization: Bearer abc\r\n\r\n{}"
    )
