"""A shop's past comes in the same whatever is killed meanwhile: the stores, the projectors and the import itself."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from support.past import Recorded, finished, import_orders, write_past
from support.whole import Whole

INVOICES = 6000
KILLED = ("postgres", "projector-redis", "redis", "postgres", "projector-elasticsearch")


@pytest.fixture
def recorded(whole: Whole) -> Iterator[Recorded]:
    found = Recorded(whole.anyone.home)
    yield found
    found.close()


def test_what_is_killed_during_an_import_changes_nothing(whole: Whole, recorded: Recorded, tmp_path: Path) -> None:
    calm, wild = ("calm", "CALM-"), ("wild", "WILD-")
    home = whole.anyone.home
    paths = [write_past(tmp_path / f"{source}.csv", prefix, INVOICES) for source, prefix in (calm, wild)]
    status, output = finished(import_orders(home, paths[0]))
    assert status == 0, output

    process = import_orders(home, paths[1])
    for step, part in enumerate(KILLED, start=1):
        many = step * INVOICES // 10
        whole.supervisor.wait_until(partial(has_come_to, recorded, wild[0], many), 120)
        killed = whole.supervisor.kill(part)
        if part == "postgres":  # without it nobody can ask how far the import has come; of others it need not know
            whole.supervisor.await_restart(part, killed)
    process.kill()
    status, output = finished(process)
    assert status == -signal.SIGKILL, f"it was over before everything had been killed:\n{output}"
    assert recorded.count(wild[0]) < recorded.count(calm[0]), "there was nothing left to finish"
    status, output = finished(import_orders(home, paths[1]))
    assert status == 0, output
    assert "The read models equal the file, to the penny." in output
    assert recorded.streams(*wild) == recorded.streams(*calm)


def has_come_to(recorded: Recorded, source: str, many: int) -> bool:
    return recorded.count(source) >= many
