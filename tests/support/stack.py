"""One stack of real services per run, started by the first test that needs it and shared by all workers.

The process that the user started (xdist's controller, or pytest itself) owns a folder and holds a lock
in it. Whoever needs the services first starts `stack_process.py` on that folder, which stops as soon
as it gets the lock: when the run ends, or the moment the owner is killed.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from storefold.stack import Endpoints
from support.databases import drop_databases, make_template

TESTS = Path(__file__).parents[1]
START = 120  # seconds; on an idle machine the slowest service needs 6 to 13 of them
RUN = "STOREFOLD_TEST_RUN"  # tells the workers their run's folder
RUNNING_HOME = "STOREFOLD_TEST_HOME"  # a home that is running already; nothing is started then


@contextmanager
def locked(path: Path) -> Iterator[IO[str]]:
    """Holds a file's lock; the kernel gives it back when we die."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


class Run:
    """The folder of one run, for its owner; the workers find it in the environment."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="storefold-tests-"))
        self._alive = (self.folder / "alive.lock").open("a+")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        os.environ[RUN] = str(self.folder)

    def close(self) -> None:
        """Lets the services stop, waits for that, and removes the folder."""
        if RUNNING_HOME in os.environ and (self.folder / "template").exists():
            drop_databases(Endpoints.of(Path(os.environ[RUNNING_HOME])), template_of(self.folder))
        self._alive.close()
        with locked(self.folder / "stack.lock"):
            shutil.rmtree(self.folder, ignore_errors=True)
        del os.environ[RUN]


def shared_endpoints() -> Endpoints:
    """Where this run's services answer. Raises RuntimeError when they do not start."""
    if RUNNING_HOME in os.environ:
        return Endpoints.of(Path(os.environ[RUNNING_HOME]))
    folder = Path(os.environ[RUN])
    with locked(folder / "start.lock"):
        if not (folder / "ready").exists():
            _start(folder)
    return Endpoints.of(folder / "home")


def shared_template(endpoints: Endpoints) -> str:
    """The run's migrated databases, by name, made by the first who asks."""
    folder = Path(os.environ[RUN])
    with locked(folder / "template.lock"):
        if not (folder / "template").exists():
            make_template(endpoints, template_of(folder))
            (folder / "template").touch()
    return template_of(folder)


def template_of(folder: Path) -> str:
    return folder.name.replace("-", "_")


def _start(folder: Path) -> None:
    log = folder / "stack.log"
    if log.exists():
        raise RuntimeError(f"the services did not start:\n{log.read_text()}")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(TESTS / "support" / "stack_process.py"), str(folder)],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(TESTS.parent)},
            start_new_session=True,  # Ctrl-C is for pytest; the services stop after the last teardown
        )
    _started.append(process)
    deadline = time.monotonic() + START
    while not (folder / "ready").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the services did not start:\n{log.read_text()}")
        time.sleep(0.05)


_started: list["subprocess.Popen[bytes]"] = []  # kept, so that nobody warns of a process still running
