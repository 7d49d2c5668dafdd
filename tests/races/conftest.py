"""Two processes with a bus each, on the same databases."""

from collections.abc import Iterator

import pytest
from support.databases import Databases
from support.rival_process import Crew


@pytest.fixture(scope="session")
def _processes() -> Iterator[Crew]:
    with Crew(size=2) as members:
        yield members


@pytest.fixture
def crew(_processes: Crew, databases: Databases) -> Crew:
    return _processes.begin(databases)
