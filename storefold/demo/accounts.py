"""The three accounts of the development profile, one for each kind of caller."""

from dataclasses import dataclass
from typing import Final

# Public on purpose: the development profile alone makes these accounts.
DEMO_PASSWORD: Final = "Storefold-demo-1"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A person to register, and every role to grant, the lowest first."""

    email: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    # The bootstrap administrator alone may edit permissions; an ordinary admin may not.
    is_super_admin: bool = False
    password: str = DEMO_PASSWORD


ADMIN: Final = DemoAccount(
    email="admin@storefold.test",
    first_name="Ada",
    last_name="Marchetti",
    roles=("admin",),
    is_super_admin=True,
)
SELLER: Final = DemoAccount(
    email="seller@storefold.test",
    first_name="Selim",
    last_name="Okonjo",
    roles=("buyer", "seller"),
)
BUYER: Final = DemoAccount(
    email="buyer@storefold.test",
    first_name="Béatrice",
    last_name="Lund",
    roles=("buyer",),
)
DEMO_ACCOUNTS: Final = (ADMIN, SELLER, BUYER)
