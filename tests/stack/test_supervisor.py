"""The supervisor's rules, with services of a few lines that start in milliseconds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from storefold.stack import Service, StackError, StartFailed, Supervisor
from storefold.stack.processes import Record, clean_leftovers, wait_until
from storefold.stack.service import Say

Find = Callable[[Path], set[int]]
SLEEP = "import time; time.sleep(600)"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("log", "run", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def supervisor(home: Path, processes_of: Find) -> Iterator[Supervisor]:
    supervisor = Supervisor(home)
    yield supervisor
    supervisor.stop()
    assert processes_of(home) == set()


def python(name: str, code: str, **more: object) -> Service:
    return Service(name=name, argv=(sys.executable, "-c", code), **more)  # type: ignore[arg-type]


def test_starts_after_and_stops_before_what_it_needs(home: Path) -> None:
    log = home / "order"
    code = (
        "import signal, sys\n"
        f"def note(what): open({str(log)!r}, 'a').write(what + ' ' + sys.argv[1] + chr(10))\n"
        "signal.signal(signal.SIGTERM, lambda *_: (note('end'), sys.exit(0)))\n"
        "note('start')\n"
        "signal.pause()"
    )

    def noted(text: str) -> Callable[[], bool]:
        return lambda: text in log.read_text()

    services = [
        Service(
            name=name,
            argv=(sys.executable, "-c", code, name),
            after=after,
            ready=noted(f"start {name}"),
        )
        for name, after in (("leaf", ("middle",)), ("middle", ("root",)), ("root", ()))
    ]
    supervisor = Supervisor(home)
    supervisor.start(*services)
    supervisor.stop()
    assert log.read_text().split("\n")[:-1] == [
        *("start root", "start middle", "start leaf"),
        *("end leaf", "end middle", "end root"),
    ]


def test_a_service_that_never_works_ends_the_start_with_its_log(supervisor: Supervisor) -> None:
    with pytest.raises(StartFailed, match=r"(?s)broken exited with 3 before it was ready.*no such luck"):
        supervisor.start(python("broken", "print('no such luck'); raise SystemExit(3)", ready=lambda: False))


def test_a_service_that_never_answers_ends_the_start(supervisor: Supervisor) -> None:
    with pytest.raises(StartFailed, match="mute did not answer within 0 s"):
        supervisor.start(python("mute", SLEEP, ready=lambda: False, timeout=0.2))


def test_an_error_of_the_preparation_is_shown_as_it_is(supervisor: Supervisor) -> None:
    def prepare(_say: Say) -> None:
        raise StackError("Maven is missing")

    with pytest.raises(StackError, match=r"^Maven is missing$"):
        supervisor.start(python("unprepared", SLEEP, prepare=prepare))


def test_restarts_what_dies_and_says_so(home: Path) -> None:
    shown = StringIO()
    supervisor = Supervisor(home, Console(file=shown, width=200))
    try:
        supervisor.start(python("mortal", SLEEP))
        pid = supervisor.kill("mortal")
        assert supervisor.await_restart("mortal", pid) != pid
    finally:
        supervisor.stop()
    assert "mortal was ended by SIGKILL; starting it again in 0.1 s" in shown.getvalue()
    assert "mortal is ready again" in shown.getvalue()


def test_what_a_dead_service_forked_dies_with_it(home: Path, supervisor: Supervisor, processes_of: Find) -> None:
    forks = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); time.sleep(600)"
    supervisor.start(python("parent", forks, ready=lambda: len(processes_of(home)) >= 2))
    before = processes_of(home)
    supervisor.await_restart("parent", supervisor.kill("parent"))
    assert not before & processes_of(home)


def test_one_that_ignores_the_signal_is_killed_in_the_end(home: Path, processes_of: Find) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    supervisor = Supervisor(home)
    log = home / "log" / "deaf.log"
    supervisor.start(python("deaf", code, stop_timeout=0.2, ready=lambda: "deaf" in log.read_text()))
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 5
    assert processes_of(home) == set()


def test_a_service_must_know_what_it_comes_after(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match="lost"):
        supervisor.start(python("lost", SLEEP, after=("nowhere",)))


def test_leftovers_are_ended_and_strangers_are_not(home: Path) -> None:
    """A recorded pid that the kernel gave to somebody else in the meantime must not be touched."""
    sleeper = (sys.executable, "-c", SLEEP)
    with subprocess.Popen(sleeper) as leftover, subprocess.Popen(sleeper) as stranger:
        try:
            Record.of(leftover.pid, signal.SIGTERM).write(home / "run" / "ours.pid")
            mine = Record.of(stranger.pid, signal.SIGTERM)
            Record(mine.pid, mine.ticks - 1, mine.boot, mine.stop_signal).write(home / "run" / "reused.pid")
            Record(mine.pid, mine.ticks, "another boot".replace(" ", "-"), 15).write(home / "run" / "rebooted.pid")
            (home / "run" / "torn.pid").write_text("123")

            assert clean_leftovers(home / "run", home) == ["ours"]

            assert leftover.wait(timeout=5) == -signal.SIGTERM
            assert stranger.poll() is None
            assert list((home / "run").glob("*.pid")) == []
        finally:
            stranger.kill()
            leftover.kill()


def test_the_children_of_a_dead_leftover_are_found(home: Path, processes_of: Find) -> None:
    """The leader is gone, its group is not: the mark in the environment tells ours from others'."""
    forks = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}], stdout=subprocess.DEVNULL)"
    leader = subprocess.Popen(
        (sys.executable, "-c", "import sys; sys.stdin.readline()\n" + forks),
        stdin=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "STOREFOLD_STACK_HOME": str(home)},
    )
    Record.of(leader.pid, signal.SIGTERM).write(home / "run" / "leader.pid")
    leader.communicate(b"\n")
    assert len(processes_of(home)) == 1
    clean_leftovers(home / "run", home)
    assert wait_until(lambda: processes_of(home) == set(), 5)
