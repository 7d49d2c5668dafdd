"""A shop with Stripe: fresh databases, the stand-in with an empty account, a broker of the test's own.

`till`      orders that wait for payment, and the log's view of them
`payments`  the tasks themselves, in this process
`processes` starts real dispatchers and Celery workers, and ends them
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from support.databases import Databases
from support.shop import Shop
from till import Processes, Till

from storefold.bootstrap import WriteSide
from storefold.settings import Settings
from storefold.stack import Endpoints
from storefold.stack.stripe import control
from storefold.stack.stripe.testing import Standin
from workers.payments import Parts, Payments
from workers.stripe_gateway import StripeGateway


@pytest.fixture(scope="session")
def shared_standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    with Standin(tmp_path_factory.mktemp("stripe")) as standin:
        yield standin


@pytest.fixture
def standin(shared_standin: Standin) -> Standin:
    control.resume(shared_standin.url)
    control.unsubscribe(shared_standin.url)
    control.reset(shared_standin.url)
    control.clear_calls(shared_standin.url)
    return shared_standin


@pytest.fixture
def broker(endpoints: Endpoints) -> str:
    """An empty Redis database; another one for each of pytest's workers."""
    number = 40 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = f"{endpoints.redis_url.rpartition('/')[0]}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def settings(databases: Databases, standin: Standin, broker: str) -> Settings:
    return databases.settings(broker_url=broker, stripe_api_base=standin.url)


@pytest.fixture
def till(shop: Shop, standin: Standin) -> Till:
    return Till(shop, standin)


@pytest.fixture
def payments(write_side: WriteSide, standin: Standin) -> Payments:
    gateway = StripeGateway(control.KEY, standin.url, timeout=1.0)
    return Payments(Parts(write_side.bus, write_side.log, write_side.vault, gateway))


@pytest.fixture
def processes(settings: Settings, tmp_path: Path) -> Iterator[Processes]:
    with Processes(settings, tmp_path) as processes:
        yield processes
