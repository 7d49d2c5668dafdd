"""A server with limits, beside the product's own, which has none while it is tested."""

import secrets
from collections.abc import Iterator

import httpx
import pytest
from support.product import Client
from support.second_server import api_process


@pytest.fixture(scope="module")
def limited(anyone: Client) -> Iterator[str]:
    """With the contract's limits."""
    settings = {"STOREFOLD_RATE_NATIVE_ANONYMOUS": "7/min", "STOREFOLD_RATE_OPEN_LOGIN": "5/min"}
    with api_process(anyone, STOREFOLD_RATE_LIMITS="on", **settings) as url:
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
