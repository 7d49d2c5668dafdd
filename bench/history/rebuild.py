"""Rebuilds one store's models in a process of its own, as `storefold projections rebuild` does, and says what it cost:
`python -m bench.history.rebuild redis|elasticsearch [--compare]`, one line of JSON on standard output."""

import sys
import time
from collections.abc import Callable
from typing import cast

import msgspec

from bench.history.processes import memory
from projections.compare import compare
from projections.main import Places, StoreName, opened
from projections.rebuild import build
from storefold.bootstrap import build_vault
from storefold.running import running_settings
from write_side.collector import calm_collector


class Rebuilt(msgspec.Struct, frozen=True):
    """`events`: positions of the log; `cpu`: seconds of this process's own; `last`: events per second of the last tenth
    of the log, which a cost that grows with the history would show; `differing`: documents that are not the live ones
    byte for byte (None: not compared); `peak`: bytes."""

    store: str
    events: int
    seconds: float
    cpu: float
    last: float
    peak: int
    differing: int | None

    @property
    def cost(self) -> float:
        """Microseconds of its own CPU for an event, which a busy machine does not falsify."""
        return 1e6 * self.cpu / self.events

    @property
    def rate(self) -> float:
        return self.events / self.seconds


def rebuild(name: StoreName, *, comparing: bool) -> Rebuilt:
    settings = running_settings()
    places = Places(settings.postgres_dsn, settings.redis_url, settings.elasticsearch_url)
    calm_collector()
    steps: list[tuple[int, float]] = []
    spent: list[float] = []
    differing: list[str] = []
    with opened(name, places, build_vault(settings).open) as parts:

        def progress(done: int, total: int, rate: float) -> None:
            steps.append((done, time.perf_counter()))

        def check(old: dict[str, str], new: dict[str, str], step: Callable[[], object]) -> None:
            spent.append(time.process_time() - cpu)
            if comparing:
                for model in old.keys() & new.keys():
                    differing.extend(compare(parts.store, old[model], new[model], step))

        cpu, began = time.process_time(), time.perf_counter()
        build(parts.events, parts.store, parts.models, progress, check=check)
    events, ended = steps[-1]
    before = next((at for done, at in reversed(steps) if done <= events * 0.9), began)
    position = next((done for done, at in steps if at == before), 0)
    return Rebuilt(
        store=name,
        events=events,
        seconds=ended - began,
        cpu=spent[0],
        last=(events - position) / max(ended - before, 1e-9),
        peak=memory().peak,
        differing=len(differing) if comparing else None,
    )


if __name__ == "__main__":
    made = rebuild(cast("StoreName", sys.argv[1]), comparing="--compare" in sys.argv)
    sys.stdout.buffer.write(msgspec.json.encode(made) + b"\n")
