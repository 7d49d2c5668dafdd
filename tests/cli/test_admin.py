"""The first account of a shop, made from the console."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from support.databases import Databases
from support.shop import PASSWORD, Shop

from storefold.admin_command import create_admin
from storefold.bootstrap import WriteSide
from write_side.account.commands import RegisterAccount

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(databases: Databases) -> Run:
    environment = {**os.environ, "STOREFOLD_POSTGRES_DSN": databases.dsn, "STOREFOLD_KEYS_DSN": databases.keys_dsn}

    def run(email: str, typed: str, **others: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "storefold", "create-admin", email],
            input=typed,
            env={**environment, **others},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_a_new_account_may_do_everything(run: Run, write_side: WriteSide) -> None:
    done = run("Boss@Example.com", "a long password\n")
    assert done.returncode == 0, done.stderr
    identity = write_side.sign_in.with_password("boss@example.com", "a long password")
    assert identity is not None
    assert (identity.roles, identity.verified) == ({"admin", "superadmin"}, True)
    head = write_side.log.head()
    again = run("boss@example.com", "another password\n")
    assert (again.returncode, "the password is as it was" in again.stderr) == (0, True)
    assert write_side.log.head() == head
    assert write_side.sign_in.with_password("boss@example.com", "another password") is None


def test_an_account_that_exists_is_given_the_roles(write_side: WriteSide, shop: Shop) -> None:
    person = shop.person(email="buyer@shop.test")
    wanted = RegisterAccount.model_validate({"email": "buyer@shop.test", "password": "something else", "roles": []})
    assert create_admin(write_side, wanted) is False
    identity = write_side.sign_in.with_password("buyer@shop.test", PASSWORD)
    assert identity is not None
    assert (identity.person_id, identity.roles) == (person.person_id, {"buyer", "admin", "superadmin"})


@pytest.mark.parametrize(
    ("email", "typed", "status", "text"),
    [
        ("boss@example.com", "short\n", 2, "password: Value error, must have at least 8"),
        ("boss@example.com", "", 2, "password:"),
        ("no address", "a long password\n", 2, "email:"),
    ],
)
def test_what_cannot_stand(run: Run, write_side: WriteSide, email: str, typed: str, status: int, text: str) -> None:
    done = run(email, typed)
    assert (done.returncode, text in done.stderr, "Traceback" in done.stderr) == (status, True, False), done.stderr
    assert write_side.log.head() == 0


def test_nothing_runs(run: Run) -> None:
    done = run("boss@example.com", "a long password\n", STOREFOLD_POSTGRES_DSN="postgresql://127.0.0.1:1/none")
    assert (done.returncode, "Postgres does not answer at STOREFOLD_POSTGRES_DSN" in done.stderr) == (1, True)
