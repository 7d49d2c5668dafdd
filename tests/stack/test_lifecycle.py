"""The supervisor as a process: signals, crashes, second starts, users. Nothing may be left running."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from storefold.stack import Endpoints, Stack, Supervisor, postgres
from storefold.stack.home import HomeLock
from storefold.stack.identity import launch_argv, not_root
from storefold.stack.ports import Ports
from storefold.stack.processes import wait_until

Find = Callable[[Path], set[int]]
FOREGROUND = (sys.executable, "-m", "storefold.stack")


@contextmanager
def foreground(home: Path, *prefix: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m storefold.stack HOME`, ready; killed if the test leaves it running."""
    process = subprocess.Popen((*prefix, *FOREGROUND, str(home)), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        shown = []
        for line in process.stdout:
            shown.append(line)
            if line.startswith("export STOREFOLD_STRIPE_API_BASE="):
                break
        else:
            pytest.fail(f"it did not start:\n{''.join(shown)}")
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def leave_a_note(home: Path) -> None:
    with psycopg.connect(Endpoints.of(home).postgres_owner_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note ()")


def find_the_note(home: Path) -> bool:
    with psycopg.connect(Endpoints.of(home).postgres_owner_dsn) as connection:
        return connection.execute("SELECT to_regclass('note') IS NOT NULL").fetchone() == (True,)


def test_signals_crashes_and_second_starts(closed_folder: Path, processes_of: Find) -> None:
    home = closed_folder / "lifecycle"
    with foreground(home) as first:
        leave_a_note(home)
        ports = (home / "stack.json").read_text()
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=20) == 0
    assert processes_of(home) == set()
    assert list((home / "run").glob("*.pid")) == []

    with foreground(home) as second:
        assert find_the_note(home)
        assert (home / "stack.json").read_text() == ports
        second.kill()
        second.wait()
        # The kernel passes the supervisor's death on to each child, which then ends in order.
        assert wait_until(lambda: processes_of(home) == set(), 20)

    with foreground(home) as third:
        assert find_the_note(home)
        third.send_signal(signal.SIGINT)
        assert third.wait(timeout=20) == 0
    assert processes_of(home) == set()


def test_an_ordinary_user_can_run_it(processes_of: Find) -> None:
    """Runs as `nobody` where the tests run as root; where they do not, the other tests prove it."""
    prefix: tuple[str, ...] = ()
    home = Path("/tmp") / f"storefold-nobody-{os.getpid()}"
    home.mkdir(mode=0o700)
    try:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
            # This checkout may be closed to others; being allowed to read it is all they are given.
            prefix = (
                *("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
                *("--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"),
            )
        with foreground(home, *prefix) as process:
            leave_a_note(home)
            assert {psutil.Process(pid).uids().effective for pid in processes_of(home)} == {home.stat().st_uid}
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
        assert processes_of(home) == set()
    finally:
        shutil.rmtree(home)


def test_postgres_where_user_namespaces_are_forbidden(closed_folder: Path) -> None:
    """The fallback: a user of its own that owns the data, in folders it may not enter."""
    if os.geteuid() != 0:
        assert not_root() == "self"
        return
    home = closed_folder / "forbidden"
    lock = HomeLock(home)
    ports = Ports(home)
    nobody = pwd.getpwnam("nobody")
    service = postgres.service(home, ports.get("postgres"), identity=f"user:{nobody.pw_uid}:{nobody.pw_gid}")
    supervisor = Supervisor(home)
    try:
        supervisor.start(service)
        leave = postgres.dsn(home, ports.get("postgres"), "storefold")
        with psycopg.connect(leave) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert (home / "postgres").stat().st_uid == nobody.pw_uid
    finally:
        supervisor.stop()
        ports.close()
        lock.release()


def test_a_postmaster_that_outlived_everything_is_stopped_first(closed_folder: Path, processes_of: Find) -> None:
    """Its record is lost and its lock file names it: two servers on one folder would destroy it."""
    home = closed_folder / "orphan"
    with Stack(home) as stack:
        service = stack.services()[0]
        stack.supervisor.start(service)
        pid = stack.supervisor.pid("postgres")
        stack.supervisor.halt("postgres")
        with (home / "log" / "orphan.log").open("w") as log:
            command = launch_argv(service.argv, service.identity, signal.SIGKILL)
            orphan = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
        lock = home / "postgres" / "postmaster.pid"
        assert wait_until(lambda: lock.exists() and "ready" in lock.read_text(), 20)
        stack.supervisor.resume("postgres")
        assert orphan.wait(timeout=10) is not None
        assert stack.supervisor.pid("postgres") != pid
    assert processes_of(home) == set()
