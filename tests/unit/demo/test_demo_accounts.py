"""The development accounts are the ones that testers are told about."""

from storefold.demo.accounts import ADMIN, BUYER, DEMO_ACCOUNTS, SELLER


def test_the_accounts_are_those_of_the_documentation() -> None:
    assert [account.email for account in DEMO_ACCOUNTS] == [
        "admin@storefold.test",
        "seller@storefold.test",
        "buyer@storefold.test",
    ]
    assert {account.password for account in DEMO_ACCOUNTS} == {"Storefold-demo-1"}


def test_each_account_has_its_role_and_one_is_super_admin() -> None:
    assert [account.roles[-1] for account in (BUYER, SELLER, ADMIN)] == ["buyer", "seller", "admin"]
    assert [account.is_super_admin for account in DEMO_ACCOUNTS] == [True, False, False]
