"""A shop whose mails arrive in a mail server of the test's own.

`box`       the server: what arrived, and what it is to refuse
`mails`     the tasks themselves, in this process
`processes` starts real dispatchers and Celery workers, and ends them
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from support.databases import Databases
from support.office import BASE, Office, mails_to
from support.postbox import Postbox, postbox
from support.shop import Shop
from till import Processes

from storefold.bootstrap import WriteSide
from storefold.stack import Endpoints
from workers.mail import Mails


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as box:
        yield box


@pytest.fixture
def office(shop: Shop) -> Office:
    return Office(shop)


@pytest.fixture
def mails(write_side: WriteSide, box: Postbox) -> Mails:
    return mails_to(write_side, box.url)


@pytest.fixture
def processes(databases: Databases, endpoints: Endpoints, box: Postbox, tmp_path: Path) -> Iterator[Processes]:
    number = 42 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    broker = f"{endpoints.redis_url.rpartition('/')[0]}/{number}"
    with redis.Redis.from_url(broker) as client:
        client.flushdb()
    with Processes(databases.settings(broker_url=broker), tmp_path) as processes:
        processes.environment |= {"STOREFOLD_SMTP_URL": box.url, "STOREFOLD_PUBLIC_URL": BASE}
        yield processes
