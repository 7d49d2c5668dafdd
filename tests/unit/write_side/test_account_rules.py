"""Every rule of accounts, both verdicts."""

import pytest
from support.given import World, given

from write_side.account import decide
from write_side.account.authorise import authorise
from write_side.account.events import (
    AccountDeactivated,
    AccountReactivated,
    AccountRegistered,
    AddressAdded,
    AddressRemoved,
    DefaultAddressChanged,
    EmailVerified,
    RoleGranted,
    RoleRevoked,
)
from write_side.account.state import ACCOUNT, Account
from write_side.cart.commands import ClearCart
from write_side.catalog.brand.commands import CreateBrand
from write_side.catalog.product.commands import CreateProduct
from write_side.messages import ANONYMOUS, Actor, Command, Event
from write_side.payment.commands import RecordPaymentIntent
from write_side.payment.decide import WrongIntent
from write_side.refusals import Forbidden, Unauthenticated
from write_side.values import Sealed

JO = AccountRegistered(
    person_id=3, email=Sealed("e"), email_hash="h", first_name=Sealed("f"), last_name=Sealed("l"), roles=("buyer",)
)
ADMIN = RoleGranted(person_id=3, role="admin")
BOSS = Actor(person_id=1, roles=frozenset({"admin", "superadmin"}))
MANAGER = Actor(person_id=2, roles=frozenset({"admin"}))
WORKER = Actor(service="worker")


def account(*events: Event) -> Account:
    return given(ACCOUNT, JO, *events)


def address(address_id: int, default: bool = False, kind: str = "shipping") -> AddressAdded:
    return AddressAdded(
        person_id=3, address_id=address_id, address_type=kind, is_default=default, address=Sealed(f"a{address_id}")
    )


def test_an_address_is_verified_once() -> None:
    assert decide.verify_email(account()) == [EmailVerified(person_id=3)]
    assert decide.verify_email(account(EmailVerified(person_id=3))) == []


@pytest.mark.parametrize(
    "rule",
    [
        decide.verify_email,
        lambda nobody: decide.grant_role(nobody, "seller", BOSS),
        lambda nobody: decide.revoke_role(nobody, "seller", BOSS),
        lambda nobody: decide.deactivate(nobody, BOSS),
        lambda nobody: decide.reactivate(nobody, BOSS),
    ],
)
def test_nobody_has_no_account(rule: object) -> None:
    with pytest.raises(decide.NoSuchAccount):
        rule(ACCOUNT.initial)  # type: ignore[operator]


# -- addresses ------------------------------------------------------------------------------------


def test_a_new_default_takes_over_from_the_one_of_its_type() -> None:
    book = account(address(10, default=True), address(11, default=True, kind="billing"), address(12))
    events = decide.add_address(book, 13, "shipping", True, Sealed("a13"))
    assert events == [
        DefaultAddressChanged(person_id=3, address_id=10, is_default=False),
        address(13, default=True),
    ]
    after = account(address(10, default=True), address(11, default=True, kind="billing"), address(12), *events)
    assert [known for known, entry in after.addresses.items() if entry.is_default] == [11, 13]


def test_an_ordinary_address_leaves_the_default_alone() -> None:
    assert decide.add_address(account(address(10, default=True)), 11, "shipping", False, Sealed("a11")) == [address(11)]


def test_a_book_has_an_end() -> None:
    almost = [address(number) for number in range(decide.MAX_ADDRESSES - 1)]
    assert decide.add_address(account(*almost), 999, "other", False, Sealed("x"))
    with pytest.raises(decide.TooManyAddresses):
        decide.add_address(account(*almost, address(998)), 999, "other", False, Sealed("x"))


def test_an_address_is_removed_once() -> None:
    removed = AddressRemoved(person_id=3, address_id=10)
    assert decide.remove_address(account(address(10)), 10) == [removed]
    with pytest.raises(decide.NoSuchAddress):
        decide.remove_address(account(address(10), removed), 10)


def test_an_address_is_found_in_its_own_book_alone() -> None:
    assert decide.find_address(account(address(10)), 10) == "a10"
    with pytest.raises(decide.NoSuchAddress):
        decide.find_address(account(address(10)), 11)


def test_a_default_of_an_address_that_is_gone_changes_nothing() -> None:
    assert account(DefaultAddressChanged(person_id=3, address_id=10, is_default=True)) == account()


# -- roles and access -----------------------------------------------------------------------------


@pytest.mark.parametrize("actor", [MANAGER, BOSS, WORKER])
def test_administrators_make_sellers(actor: Actor) -> None:
    assert decide.grant_role(account(), "seller", actor) == [RoleGranted(person_id=3, role="seller")]
    assert decide.grant_role(account(), "buyer", actor) == []
    assert decide.revoke_role(account(), "buyer", actor) == [RoleRevoked(person_id=3, role="buyer")]
    assert decide.revoke_role(account(), "seller", actor) == []


@pytest.mark.parametrize("role", ["admin", "superadmin"])
def test_super_administrators_alone_make_and_unmake_administrators(role: str) -> None:
    held = account(RoleGranted(person_id=3, role=role))
    for actor in (BOSS, WORKER):
        assert decide.grant_role(account(), role, actor) == [RoleGranted(person_id=3, role=role)]
        assert decide.revoke_role(held, role, actor) == [RoleRevoked(person_id=3, role=role)]
    with pytest.raises(decide.SuperAdministratorOnly):
        decide.grant_role(account(), role, MANAGER)
    with pytest.raises(decide.SuperAdministratorOnly):
        decide.revoke_role(held, role, MANAGER)


def test_a_person_is_shut_out_and_let_in_once() -> None:
    out, in_ = AccountDeactivated(person_id=3), AccountReactivated(person_id=3)
    assert decide.deactivate(account(), MANAGER) == [out]
    assert decide.deactivate(account(out), MANAGER) == []
    assert decide.reactivate(account(out), MANAGER) == [in_]
    assert decide.reactivate(account(), MANAGER) == []


def test_an_administrator_is_shut_out_by_a_super_administrator_alone() -> None:
    assert decide.deactivate(account(ADMIN), BOSS) == [AccountDeactivated(person_id=3)]
    with pytest.raises(decide.SuperAdministratorOnly):
        decide.deactivate(account(ADMIN), MANAGER)
    with pytest.raises(decide.SuperAdministratorOnly):
        decide.reactivate(account(ADMIN, AccountDeactivated(person_id=3)), MANAGER)


def test_nobody_takes_a_shop_its_last_super_administrator() -> None:
    themselves = Actor(person_id=3, roles=frozenset({"superadmin"}))
    held = account(RoleGranted(person_id=3, role="superadmin"), ADMIN)
    with pytest.raises(decide.OwnPower):
        decide.deactivate(held, themselves)
    with pytest.raises(decide.OwnPower):
        decide.revoke_role(held, "superadmin", themselves)
    assert decide.revoke_role(held, "admin", themselves) == [RoleRevoked(person_id=3, role="admin")]
    assert decide.deactivate(held, BOSS) == [AccountDeactivated(person_id=3)]


# -- who may send what ----------------------------------------------------------------------------

SIGNED_IN, SELLER = ClearCart(), CreateProduct(name="K", price=1)
ADMINS, SERVICES = CreateBrand(name="B"), RecordPaymentIntent(order_id=5, intent_id="pi")


def send(command: Command, token: set[str], held: set[str], *events: Event) -> Actor:
    """Authorises person 3 with a token's roles and the roles that the account holds now; the actor after."""
    world = World(authorise)
    world.has(ACCOUNT, 3, JO, RoleRevoked(person_id=3, role="buyer"), *events)
    world.has(ACCOUNT, 3, *(RoleGranted(person_id=3, role=role) for role in held))
    return world.when(command, Actor(person_id=3, roles=frozenset(token))).work.actor


@pytest.mark.parametrize(
    ("command", "roles"),
    [(SIGNED_IN, set()), (SELLER, {"seller"}), (SELLER, {"admin"}), (ADMINS, {"admin"}), (ADMINS, {"superadmin"})],
)
def test_a_role_that_the_token_has_and_the_account_holds_opens(command: Command, roles: set[str]) -> None:
    assert send(command, roles, roles).roles == roles


@pytest.mark.parametrize(("command", "role"), [(SELLER, "seller"), (ADMINS, "admin"), (ADMINS, "superadmin")])
def test_a_role_counts_only_when_the_token_has_it_and_the_account_still_holds_it(command: Command, role: str) -> None:
    with pytest.raises(Forbidden):
        send(command, {role}, set())  # taken away since: at once
    with pytest.raises(Forbidden):
        send(command, set(), {role})  # given since: from the next token on


def test_buyers_do_not_sell_and_sellers_do_not_administer() -> None:
    with pytest.raises(Forbidden):
        send(SELLER, {"buyer"}, {"buyer"})
    with pytest.raises(Forbidden):
        send(ADMINS, {"seller"}, {"seller"})


def test_a_person_who_is_shut_out_is_nobody() -> None:
    with pytest.raises(Unauthenticated):
        send(SIGNED_IN, set(), set(), AccountDeactivated(person_id=3))
    with pytest.raises(Unauthenticated):
        World(authorise).when(SIGNED_IN, Actor(person_id=99))  # there is no such person
    with pytest.raises(Unauthenticated):
        World(authorise).when(SIGNED_IN, ANONYMOUS)


def test_the_product_s_own_parts_may_do_what_nobody_else_may() -> None:
    world = World(authorise)
    world.when(ADMINS, WORKER)
    with pytest.raises(Forbidden):
        send(SERVICES, {"superadmin"}, {"superadmin"})
    with pytest.raises(WrongIntent):
        world.when(SERVICES, WORKER)  # allowed, and then refused by the rule
