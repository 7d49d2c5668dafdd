"""A whole product of a worker's own, started as `storefold run` starts it: its parts may be killed and stopped."""

import socket
from collections.abc import Iterator

import pytest
from support.product import Client, ready
from support.whole import Whole

from storefold.run import all_services
from storefold.running import located
from storefold.settings import Settings
from storefold.stack import Stack


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    home = tmp_path_factory.mktemp("whole")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORT", str(port))
        patch.setenv("STOREFOLD_HOME", str(home))
        patch.setenv("STOREFOLD_RATE_LIMITS", "off")
        with Stack(home) as stack:
            stack.supervisor.start(*all_services(stack, located(Settings(), stack.endpoints.environ())))
            url = f"http://127.0.0.1:{port}"
            stack.supervisor.wait_until(lambda: ready(url), 60)
            yield Whole(stack, Client(url, home))
