"""The surfaces, spoken to over HTTP as their clients do."""

import pytest
from support.product import Client, shared_product


@pytest.fixture(scope="session")
def anyone() -> Client:
    """Nobody in particular, before a product that runs."""
    return shared_product()


@pytest.fixture(scope="session")
def admin(anyone: Client) -> Client:
    return anyone.admin


@pytest.fixture
def seller(anyone: Client) -> Client:
    return anyone.newcomer("seller")


@pytest.fixture
def buyer(anyone: Client) -> Client:
    return anyone.newcomer()
