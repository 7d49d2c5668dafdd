"""A bare log for the tests of the event store, and a plain event to put into it."""

from collections.abc import Iterator

import pytest
from support.databases import Databases

from write_side.database import Database
from write_side.event_store import PostgresLog


@pytest.fixture
def log(databases: Databases) -> Iterator[PostgresLog]:
    opened = PostgresLog(Database(databases.dsn))
    yield opened
    opened.close()
