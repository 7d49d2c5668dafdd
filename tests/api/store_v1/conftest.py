"""The store's API, spoken to as its clients do. Products are made by sellers through the native commands."""

import pytest
from support.product import Client
from support.shopper import Shopper

from storefold.demo.accounts import ADMIN, DEMO_PASSWORD


@pytest.fixture(scope="session")
def passer_by(anyone: Client) -> Shopper:
    """Not signed in."""
    return Shopper(anyone.url)


@pytest.fixture
def shopper(passer_by: Shopper) -> Shopper:
    """Somebody who has just registered and signed in."""
    return passer_by.newcomer()


@pytest.fixture(scope="session")
def goods(anyone: Client) -> Client:
    """A seller, to make products with."""
    return anyone.newcomer("seller")


@pytest.fixture(scope="session")
def staff(passer_by: Shopper) -> Shopper:
    """The administrator of the development profile."""
    return passer_by.signed_in(ADMIN.email, DEMO_PASSWORD)
