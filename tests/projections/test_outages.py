"""Stores that stop, are killed and come back, while events go on being written."""

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from shop_past import history, open_sealed
from shop_world import World

from projections.main import Places, opened
from projections.rebuild import build
from projections.runner import Runner
from projections.status import status
from projections.wakeup import Wakeup
from storefold.stack import Stack


@pytest.fixture(scope="module")
def own() -> Iterator[Stack]:
    """A Redis and an Elasticsearch that may be stopped without hurting other tests."""
    with tempfile.TemporaryDirectory(prefix="storefold-") as folder, Stack(folder) as stack:
        wanted = {"redis", "elasticsearch"}
        stack.supervisor.start(*(s for s in stack.services() if s.name in wanted))
        yield stack


@pytest.mark.parametrize("name", ["redis", "elasticsearch"])
def test_a_store_that_is_killed_and_halted_loses_nothing(
    world: World,
    own: Stack,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    supervisor = own.supervisor
    places = replace(
        world.places,
        redis_url=own.endpoints.redis_url,
        elasticsearch_url=own.endpoints.elasticsearch_url,
    )
    past = history(41, 4000)
    world.past.append(*past[:100])
    done = threading.Event()

    def write() -> None:
        for at in range(100, len(past), 10):
            world.past.append(*past[at : at + 10])
            time.sleep(0.02)
        done.set()

    with _Running(places, name), opened(name, places, open_sealed) as parts:  # type: ignore[arg-type]

        def caught_up() -> bool:
            now = status(world.events, parts.store)
            return not now.trouble and now.position == world.events.head()

        _wait_for(caught_up)
        writer = threading.Thread(target=write)
        writer.start()
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                time.sleep(0.7)
                before = supervisor.kill(name)
                supervisor.await_restart(name, before)
            supervisor.halt(name)
            assert status(world.events, parts.store).trouble
            time.sleep(1.5)
            supervisor.resume(name)
        writer.join()
        _wait_for(caught_up)
        live = {
            (model, key): value
            for model, generation in parts.store.live().items()
            for key, value in parts.store.contents(generation)
        }
        rebuilt = {
            (model, key): value
            for model, generation in build(parts.events, parts.store, parts.models).items()
            for key, value in parts.store.contents(generation)
        }
        assert rebuilt == live
    # Once when it goes, once when it is back; not at every try.
    waiting = [record for record in caplog.records if "waiting" in record.message]
    assert 1 <= len(waiting) <= 6


def _wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not come true"
        time.sleep(0.05)


class _Running:
    """A runner in a thread, over connections of its own."""

    def __init__(self, places: Places, name: str) -> None:
        self._wakeup = Wakeup(places.dsn)
        self._thread = threading.Thread(target=self._run, args=(places, name))

    def _run(self, places: Places, name: str) -> None:
        with opened(name, places, open_sealed) as parts:  # type: ignore[arg-type]
            Runner(parts.events, parts.store, parts.models, self._wakeup).run()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._wakeup.stop()
        self._thread.join()
        self._wakeup.close()
