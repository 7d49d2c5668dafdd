"""Another API process over the product's data, with settings of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from storefold.stack import Endpoints
from support.product import Client, ready


@contextmanager
def api_process(anyone: Client, **settings: str) -> Iterator[str]:
    """An API process over the product's data; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, **Endpoints.of(anyone.home).environ(), "PORT": str(port), **settings}
    process = subprocess.Popen([sys.executable, "-m", "storefold", "api"], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not ready(url):
            assert process.poll() is None and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)
