"""A server with limits, beside the product's own, which has none while it is tested."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from support.product import Client, ready

from storefold.stack import Endpoints


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


@pytest.fixture(scope="module")
def limited(anyone: Client) -> Iterator[str]:
    """With the contract's limits."""
    with api_process(anyone, STOREFOLD_RATE_LIMITS="on", STOREFOLD_RATE_NATIVE_ANONYMOUS="7/min") as url:
        yield url


@pytest.fixture
def address() -> str:
    """Nobody else's."""
    return ".".join(["10", *(str(byte) for byte in secrets.token_bytes(3))])


@pytest.fixture
def client(limited: str, address: str) -> Iterator[httpx.Client]:
    """Asks from an address of its own, through a proxy that the server trusts."""
    with httpx.Client(base_url=limited, headers={"X-Forwarded-For": address}, timeout=30) as client:
        yield client
