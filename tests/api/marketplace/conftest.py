"""Marketplace spoken to as its clients do. What the surface has no row for yet is made by native commands."""

import pytest
from support.deals import Deal, strike
from support.product import Client
from support.surfaces import MARKETPLACE, Caller

from storefold.demo.accounts import ADMIN, DEMO_PASSWORD


@pytest.fixture(scope="session")
def passer_by(anyone: Client) -> Caller:
    """Not signed in."""
    return Caller(MARKETPLACE, anyone.url, anyone.home)


@pytest.fixture
def shopper(passer_by: Caller) -> Caller:
    """Somebody who has just registered."""
    return passer_by.newcomer()


@pytest.fixture
def merchant(passer_by: Caller) -> Caller:
    """A seller who has just registered."""
    return passer_by.newcomer("seller")


@pytest.fixture(scope="session")
def staff(passer_by: Caller) -> Caller:
    """The administrator of the development profile."""
    return passer_by.signed_in(ADMIN.email, DEMO_PASSWORD)


@pytest.fixture
def deal(passer_by: Caller) -> Deal:
    """An order of a newcomer, with a line of each of two sellers."""
    return strike(passer_by)
