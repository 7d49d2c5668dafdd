"""One stack of real services for the tests of this folder, and what looks for leftovers."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from storefold.stack import Stack
from storefold.stack.processes import marked


@pytest.fixture(scope="session")
def closed_folder() -> Iterator[Path]:
    """A folder that only its owner may enter, as a clone under /root is."""
    folder = Path(tempfile.mkdtemp(prefix="storefold-"))
    assert folder.stat().st_mode & 0o077 == 0
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def running(closed_folder: Path) -> Iterator[Stack]:
    """The real services, started once."""
    with Stack(closed_folder / "home of tests") as stack:
        stack.start()
        yield stack


@pytest.fixture
def processes_of() -> Callable[[Path], set[int]]:
    """Every living process that was started for a home, however it was orphaned.

    Postgres and Redis write their titles over their environment; their working directory tells.
    """

    def find(home: Path) -> set[int]:
        found = set(marked(home))
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()).is_relative_to(home) and process.status() != psutil.STATUS_ZOMBIE:
                    found.add(process.pid)
            except psutil.Error:
                continue
        return found

    return find
