"""Processes of the product, as `storefold run` starts them, for as long as a benchmark lasts."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import redis

from bench.world import World
from projections.stores.http import Http
from read_side.documents.layout import Announcement, Layout
from read_side.documents.search import SearchLayout
from storefold.settings import Settings
from write_side.database import connect

_PATIENCE = 60.0  # seconds for a start


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs, and the file that has what it says."""

    popen: "subprocess.Popen[bytes]"
    log: Path

    def check(self) -> None:
        """Raises RuntimeError when it has ended."""
        if self.popen.poll() is not None:
            raise RuntimeError(f"{self.popen.args!r} has ended with {self.popen.returncode}:\n{self.log.read_text()}")


@contextmanager
def process(world: World, environment: dict[str, str], *command: str) -> Iterator[Process]:
    """`python -m …`, ended with SIGTERM."""
    log = world.folder / f"{world.name()}.log"
    with log.open("w") as said:
        popen = subprocess.Popen(
            (sys.executable, "-m", *command), env=world.inherited(environment), stdout=said, stderr=subprocess.STDOUT
        )
    with popen:
        try:
            yield Process(popen, log)
        finally:
            popen.terminate()
            popen.wait()


@contextmanager
def projectors(world: World, settings: Settings) -> Iterator[None]:
    """Both projectors on a log, caught up with it; what they made is deleted in the end."""
    environment = world.environment(settings.postgres_dsn.rpartition("/")[2])
    layout, search = Layout(), SearchLayout()
    client = redis.Redis.from_url(settings.redis_url)
    try:
        with (
            process(world, environment, "storefold", "projector", "redis") as one,
            process(world, environment, "storefold", "projector", "elasticsearch") as other,
        ):
            head = _head(settings)
            wait_until(lambda: reached(client, layout) >= head, one, other)
            yield
    finally:
        for key in client.scan_iter(match=f"{layout.tag}*", count=1000):
            client.unlink(key)
        client.close()
        http = Http(settings.elasticsearch_url)
        _, body = http.ask("GET", f"/_cat/indices/{search.prefix}-*?format=json&h=index")
        for row in msgspec.json.decode(body, type=list[dict[str, str]]):
            http.ask("DELETE", f"/{row['index']}")
        http.close()


def reached(client: "redis.Redis", layout: Layout) -> int:
    """Up to where the models of both stores have seen the log; -1: there are none yet."""
    live, search = client.get(layout.live), client.get(layout.search)
    if live is None or search is None:
        return -1
    positions = [int(position) for position in client.hvals(layout.positions)]
    return min(*positions, msgspec.json.decode(search, type=Announcement).position)


def answers(url: str) -> bool:
    """Whether GET is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], *needed: Process) -> None:
    """Raises RuntimeError when one of the processes ends before, or it takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        for process in needed:
            process.check()
        if time.monotonic() > deadline:
            raise RuntimeError("a process of the product was not ready in time")
        time.sleep(0.05)


def _head(settings: Settings) -> int:
    with connect(settings.postgres_dsn) as conn:
        row = conn.execute("SELECT position FROM log_head").fetchone()
    assert row is not None
    return int(row[0])
