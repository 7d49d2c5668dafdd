"""Marketplace spoken to as its clients do. What the surface has no row for yet is made by native commands."""

import pytest
from support.deals import Company, Deal
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


@pytest.fixture(scope="session")
def company(passer_by: Caller) -> Company:
    return Company.of(passer_by)


@pytest.fixture(scope="session")
def outsiders(passer_by: Caller) -> list[Caller]:
    """A buyer and a seller who have nothing to do with the company."""
    return [passer_by.newcomer(), passer_by.newcomer("seller")]


@pytest.fixture
def deal(company: Company) -> Deal:
    """A new order of the company's buyer, with a line of each of its sellers."""
    return company.strike()


@pytest.fixture(scope="session")
def settled(company: Company) -> Deal:
    """As `deal`; for tests that change nothing of it."""
    return company.strike()
