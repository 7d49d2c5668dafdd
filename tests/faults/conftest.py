"""A whole product of a worker's own, started as `storefold run` starts it: its parts may be killed and stopped."""

import socket
from collections.abc import Iterator
from dataclasses import replace

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
    # For its own processes alone: the worker's other tests have an environment as they found it.
    environment = {"PORT": str(port), "STOREFOLD_HOME": str(home), "STOREFOLD_RATE_LIMITS": "off"}
    with Stack(home) as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            services = all_services(stack, located(Settings(), stack.endpoints.environ()))
        stack.supervisor.start(*(replace(one, env={**environment, **one.env}) for one in services))
        url = f"http://127.0.0.1:{port}"
        stack.supervisor.wait_until(lambda: ready(url), 60)
        yield Whole(stack, Client(url, home), environment)
