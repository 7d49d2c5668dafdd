"""One stand-in process for the tests that share it, and one per test that kills it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from storefold.stack.stripe import control
from storefold.stack.stripe.testing import Receiver, Standin


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    with Standin(tmp_path_factory.mktemp("stripe")) as standin:
        yield standin


@pytest.fixture
def standin(shared: Standin) -> Standin:
    """The shared process with an empty account and no endpoint."""
    control.resume(shared.url)
    control.unsubscribe(shared.url)
    control.reset(shared.url)
    return shared


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Standin]:
    """A process of the test's own, to be killed and started again."""
    with Standin(tmp_path / "stripe") as standin:
        yield standin


@pytest.fixture
def client(standin: Standin) -> stripe.StripeClient:
    return standin.client()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver
