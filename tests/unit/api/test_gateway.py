"""Who waits for the read models after a command, and who prefers not to."""

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from api.gateway import Gateway
from api.recent import Recent, whereabouts
from write_side.messages import Actor


class Positions:
    alive = True

    def __init__(self) -> None:
        self.waited: list[int] = []

    async def wait(self, position: int, timeout: float) -> None:
        self.waited.append(position)


class Bus:
    async def send(self, *_: Any) -> Any:
        return SimpleNamespace(position=7)


def posted(*preferred: str) -> Request:
    headers = [(b"prefer", one.encode()) for one in preferred]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "client": ("127.0.0.9", 1)})


def gateway(positions: Positions, recent: Recent) -> Gateway:
    parts: Any = SimpleNamespace(
        reads=SimpleNamespace(positions=positions),
        bus=Bus(),
        recent=recent,
        unseen=Recent(),
        settings=SimpleNamespace(see_own_writes=1.0),
    )
    return Gateway(parts)


@pytest.mark.parametrize(
    ("preferred", "waits"),
    [
        ((), True),
        (("respond-async",), False),
        (("Respond-Async, wait=5",), False),
        (("wait=5", "handling=lenient , respond-async; foo"), False),
        (("return=minimal",), True),
        (("respond-asynchronously",), True),
    ],
)
async def test_a_client_waits_unless_it_prefers_not_to(preferred: tuple[str, ...], waits: bool) -> None:
    positions = Positions()
    nobody: Any = None
    await gateway(positions, Recent()).send_and_see(posted(*preferred), nobody, Actor(person_id=3))
    assert positions.waited == ([7] if waits else [])


async def test_it_is_remembered_who_wrote_and_from_where() -> None:
    recent = Recent()
    nobody: Any = None
    await gateway(Positions(), recent).send(posted(), nobody, Actor(person_id=3))
    assert recent.of(3) == recent.of(None, whereabouts(posted())) == recent.of(4, 3) == 7
    assert recent.of(4) == recent.of(None, "elsewhere") == 0
    assert recent.latest == 7
