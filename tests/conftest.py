"""The ground every suite stands on: one stack of real services per run, fresh databases per test.

endpoints   where the run's services answer (STOREFOLD_TEST_HOME: those of a home that runs already)
databases   a fresh log and its keys, nobody else's
write_side  `storefold.bootstrap.build_write_side` over them
shop        registers people, makes products, fills carts, places and pays orders
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from support.databases import Databases, empty, fresh_databases
from support.shop import Shop
from support.stack import RUN, Run, shared_endpoints, shared_template

from storefold.bootstrap import WriteSide, build_write_side
from storefold.stack import Endpoints
from write_side.secrets import passwords

# No deadline: a machine that is busy with something else has found no bug. `deep` is for a night.
settings.register_profile("suite", deadline=None, max_examples=60)
settings.register_profile("deep", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

TESTS = Path(__file__).parent
# Those that start processes of their own, kill them and wait.
LONG = ("api/fuzz/", "cli/", "faults/", "importing/", "workers/", "projections/", "stack/", "api/native/test_erasure")

_owned = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    # Nodes that live for seconds: compiling to fast code costs more than it gains.
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    if RUN not in os.environ:  # the process that the user started; workers inherit its environment
        config.stash[_owned] = Run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long begin first: one that begins last keeps a single worker busy at the end."""
    items.sort(key=lambda item: not item.path.relative_to(TESTS).as_posix().startswith(LONG))


def pytest_unconfigure(config: pytest.Config) -> None:
    if (run := config.stash.get(_owned, None)) is not None:
        run.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashing() -> Iterator[None]:
    """Real argon2id at its lowest cost: what is proved here is not how slow a hash is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def endpoints() -> Endpoints:
    return shared_endpoints()


@pytest.fixture(scope="session")
def template(endpoints: Endpoints) -> str:
    """The migrated databases that `databases` copies, by name."""
    return shared_template(endpoints)


@pytest.fixture(scope="session")
def _worker_databases(endpoints: Endpoints, template: str) -> Iterator[Databases]:
    with fresh_databases(endpoints, template) as copied:
        yield copied


@pytest.fixture
def databases(_worker_databases: Databases) -> Databases:
    empty(_worker_databases)
    return _worker_databases


@pytest.fixture
def write_side(databases: Databases) -> Iterator[WriteSide]:
    built = build_write_side(databases.settings())
    yield built
    built.close()


@pytest.fixture
def shop(write_side: WriteSide) -> Shop:
    return Shop(write_side)
