"""The consoles of this folder's tests."""

import signal
import socket
from collections.abc import Iterator

import pytest
from run_console import Console


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    made = Console(tmp_path_factory.mktemp("run") / "home", port)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGTERM)
