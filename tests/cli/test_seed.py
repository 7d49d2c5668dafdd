"""The demo in a fresh log: made once, finished after a kill, and never forced upon the shop again."""

import subprocess
import sys
from collections.abc import Callable
from os import environ
from typing import Any

import pytest
from support.databases import Databases
from support.shop import Shop

from storefold.bootstrap import WriteSide
from storefold.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from storefold.demo.catalogue import demo_products
from storefold.names import owners
from storefold.seed import load_demo, missing
from write_side.account.commands import RegisterAccount, RevokeRole
from write_side.catalog.product.commands import DeleteProduct, UpdateProduct
from write_side.catalog.product.state import PRODUCT
from write_side.codecs import decode
from write_side.messages import Actor
from write_side.stock.state import STOCK

SKUS = [product["sku"] for product in demo_products()]
LARGEST = max(demo_products(), key=lambda product: len(product["variants"]))


@pytest.fixture
def load(databases: Databases) -> Callable[[], int]:
    return lambda: load_demo(databases.settings())


def test_people_and_products_are_made_once(
    load: Callable[[], int], databases: Databases, write_side: WriteSide
) -> None:
    steps = missing(databases.dsn)
    assert load() == len(steps) == 360 + 3 + 3 + 2
    roles = {}
    for account in DEMO_ACCOUNTS:
        identity = write_side.sign_in.with_password(account.email, DEMO_PASSWORD)
        assert identity is not None and identity.verified
        roles[account.email.partition("@")[0]] = identity.roles
    assert roles == {"admin": {"admin", "superadmin"}, "seller": {"buyer", "seller"}, "buyer": {"buyer"}}
    skus = [LARGEST["sku"], *(variant["sku"] for variant in LARGEST["variants"])]
    found = owners(write_side.log, "sku", skus)
    levels = [_state(write_side, STOCK, found[sku]).available for sku in skus]
    assert levels == [LARGEST["stock"], *(variant["stock"] for variant in LARGEST["variants"])]
    seller = owners(write_side.log, "email", [write_side.vault.lookup_hash("seller@storefold.test")])
    assert _state(write_side, PRODUCT, found[LARGEST["sku"]]).seller_id in seller.values()

    head = write_side.log.head()
    assert (load(), missing(databases.dsn), write_side.log.head()) == (0, set(), head)


def test_what_the_shop_did_since_is_left_alone(load: Callable[[], int], write_side: WriteSide, shop: Shop) -> None:
    load()
    gone, changed = (owners(write_side.log, "sku", [sku])[sku] for sku in SKUS[:2])
    shop.do(DeleteProduct(product_id=gone))
    shop.do(UpdateProduct.model_validate({"product_id": changed, "price": "1.23"}))
    admin = owners(write_side.log, "email", [write_side.vault.lookup_hash("admin@storefold.test")])
    shop.do(RevokeRole(person_id=next(iter(admin.values())), role="superadmin"))
    head = write_side.log.head()
    assert load() == 0
    assert write_side.log.head() == head
    assert owners(write_side.log, "sku", SKUS[:1]) == {}


def test_what_somebody_made_by_other_means_is_theirs(
    load: Callable[[], int], shop: Shop, write_side: WriteSide
) -> None:
    shop.product("Mine", sku=SKUS[5])
    mine = RegisterAccount.model_validate({"email": "buyer@storefold.test", "password": "my own password"})
    shop.do(mine, Actor())
    assert load() == 360 + 3 + 3 + 2 - 2
    assert write_side.sign_in.with_password("buyer@storefold.test", DEMO_PASSWORD) is None
    assert write_side.sign_in.with_password("buyer@storefold.test", "my own password") is not None


def test_a_start_that_is_killed_is_finished_by_the_next(
    load: Callable[[], int], databases: Databases, write_side: WriteSide
) -> None:
    program = (
        "import sys, os, signal; from storefold.seed import load_demo; from storefold.settings import Settings\n"
        "from write_side.bus import Bus; from storefold import bootstrap\n"
        "stop = lambda done, all: os.kill(os.getpid(), signal.SIGKILL) if done == 40 else None\n"
        "import functools; bootstrap.Bus = functools.partial(Bus, max_batch=20)\n"
        "load_demo(Settings(), stop)\n"
    )
    environment = {**environ, "STOREFOLD_POSTGRES_DSN": databases.dsn, "STOREFOLD_KEYS_DSN": databases.keys_dsn}
    done = subprocess.run([sys.executable, "-c", program], env=environment, timeout=60, check=False)
    assert done.returncode == -9
    left = missing(databases.dsn)
    assert 0 < len(left) < 368
    assert load() == len(left)
    rows, _ = write_side.log.read(0, 1_000_000)
    assert sum(topic == "product.created" for _, _, _, topic, _ in rows) == 360


def test_the_command_is_for_development_alone(databases: Databases) -> None:
    secrets = {"STOREFOLD_SECRET_KEY": "a" * 40, "STOREFOLD_MASTER_KEY": "b" * 40}
    others = {"STRIPE_WEBHOOK_SECRET": "whsec_own", "STRIPE_API_KEY": "sk_own", "CARRIER_WEBHOOK_SECRET": "own"}
    others["STOREFOLD_STORAGE"] = "off"  # or it would want a secret of its own
    own = {"STOREFOLD_POSTGRES_DSN": databases.dsn, "STOREFOLD_PROFILE": "production", **secrets, **others}
    done = subprocess.run(
        [sys.executable, "-m", "storefold", "load-demo"],
        env={**environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "passwords are public" in done.stderr) == (2, True), done.stderr
    assert len(missing(databases.dsn)) == 368


def _state(write_side: WriteSide, aggregate: Any, key: int) -> Any:
    state = aggregate.initial
    for stored in write_side.log.select_events(aggregate.stream(key)):
        state = aggregate.evolve(state, decode(stored.topic, stored.state)[0])
    return state
