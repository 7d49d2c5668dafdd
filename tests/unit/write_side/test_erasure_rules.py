"""Who may delete whose account, and what goes with it."""

import re
from pathlib import Path

import pytest
from support.given import World, given

from write_side.account import decide
from write_side.account.authorise import authorise
from write_side.account.commands import DeleteAccount
from write_side.account.erasure import FORGET, ensure_nobody_erased
from write_side.account.events import (
    AccountDeactivated,
    AccountErased,
    AccountImported,
    AccountRegistered,
    AddressAdded,
    GoogleLinked,
    ProfileChanged,
    RoleGranted,
)
from write_side.account.state import ACCOUNT, Account
from write_side.cart.commands import ClearCart
from write_side.messages import Actor, Event
from write_side.order.events import OrderPlaced
from write_side.order.state import ORDER
from write_side.personal_data import KeyDestroyed
from write_side.refusals import Forbidden, Invalid, Unauthenticated
from write_side.values import Charges, Sealed
from write_side.work import Work

MIGRATIONS = Path(__file__).parents[3] / "write_side" / "migrations"
JO = AccountRegistered(
    person_id=3, email=Sealed("e"), email_hash="h", first_name=Sealed("f"), last_name=Sealed("l"), roles=("buyer",)
)
GONE = AccountErased(person_id=3)
THEMSELVES = Actor(person_id=3)
OTHER = Actor(person_id=4, roles=frozenset({"buyer", "seller"}))
MANAGER = Actor(person_id=2, roles=frozenset({"admin"}))
BOSS = Actor(person_id=1, roles=frozenset({"superadmin"}))
WORKER = Actor(service="worker")


def account(*events: Event) -> Account:
    return given(ACCOUNT, JO, *events)


def role(name: str) -> RoleGranted:
    return RoleGranted(person_id=3, role=name)


@pytest.mark.parametrize("actor", [THEMSELVES, MANAGER, BOSS, WORKER])
def test_people_delete_themselves_and_administrators_delete_people(actor: Actor) -> None:
    assert decide.erase(account(), actor) == [GONE]
    assert decide.erase(account(AccountDeactivated(person_id=3)), actor) == [GONE]


def test_nobody_deletes_another() -> None:
    with pytest.raises(Forbidden):
        decide.erase(account(), OTHER)
    with pytest.raises(Forbidden):
        decide.erase(ACCOUNT.initial, OTHER)  # whether there is one is nobody's business
    with pytest.raises(decide.NoSuchAccount):
        decide.erase(ACCOUNT.initial, MANAGER)


@pytest.mark.parametrize("held", ["admin", "superadmin"])
def test_only_a_super_administrator_deletes_administrators(held: str) -> None:
    with pytest.raises(decide.SuperAdministratorOnly):
        decide.erase(account(role(held)), MANAGER)
    assert decide.erase(account(role(held)), BOSS) == [GONE]


def test_an_administrator_may_go_and_a_super_administrator_is_let_go_by_another() -> None:
    assert decide.erase(account(role("admin")), THEMSELVES) == [GONE]
    with pytest.raises(decide.OwnPower):
        decide.erase(account(role("superadmin")), Actor(person_id=3, roles=frozenset({"superadmin"})))


def test_once_is_enough_and_nothing_comes_after() -> None:
    gone = account(role("seller"), GONE)
    assert decide.erase(gone, MANAGER) == []
    assert (gone.active, gone.roles, gone.erased, gone.exists) == (False, frozenset(), True, False)
    assert given(ACCOUNT, JO, GONE) == given(ACCOUNT, AccountImported(person_id=3, source="s", reference="r"), GONE)
    for rule in (
        lambda: decide.reactivate(gone, BOSS),
        lambda: decide.deactivate(gone, BOSS),
        lambda: decide.grant_role(gone, "seller", BOSS),
        lambda: decide.revoke_role(gone, "seller", BOSS),
        lambda: decide.verify_email(gone),
    ):
        with pytest.raises(decide.NoSuchAccount):
            rule()


def test_the_name_is_free_and_the_secrets_are_gone_in_the_same_append() -> None:
    world = World(authorise)
    world.has(ACCOUNT, 3, JO)
    done = world.when(DeleteAccount(), THEMSELVES)
    assert (done.events, done.result) == ([GONE], {"person_id": 3})
    assert done.work.releases == [("email", "h")]
    assert done.work.statements == [(statement, (3,)) for statement in FORGET]
    again = world.when(DeleteAccount(person_id=3), WORKER)
    assert (again.events, again.work.releases, again.work.statements) == ([], [], [])


def test_every_table_that_knows_people_forgets_them() -> None:
    for path in sorted(MIGRATIONS.glob("*.sql")):
        for table, columns in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)", path.read_text(), re.DOTALL):
            if re.search(r"^\s*person_id ", columns, re.MULTILINE):
                assert f"DELETE FROM {table} WHERE person_id = %s" in FORGET, f"{table} of {path.name}"


def test_who_came_by_way_of_google_may_come_again() -> None:
    world = World(authorise)
    world.has(ACCOUNT, 3, JO, GoogleLinked(person_id=3, subject_hash="g"))
    assert world.when(DeleteAccount(), THEMSELVES).work.releases == [("email", "h"), ("google", "g")]


def test_who_was_erased_is_nobody() -> None:
    world = World(authorise)
    world.has(ACCOUNT, 3, JO, GONE)
    for command in (ClearCart(), DeleteAccount(), DeleteAccount(person_id=3)):
        with pytest.raises(Unauthenticated):
            world.when(command, THEMSELVES)


def test_a_part_of_the_product_says_whom() -> None:
    with pytest.raises(Invalid):
        World(authorise).when(DeleteAccount(), WORKER)


def test_a_customer_of_past_business_has_no_name_to_free() -> None:
    world = World(authorise)
    world.has(ACCOUNT, 3, AccountImported(person_id=3, source="s", reference="r"))
    assert world.when(DeleteAccount(person_id=3), WORKER).work.releases == []


# -- what was sealed before and recorded after ----------------------------------------------------

OF_JO = Sealed("p1.3.1.c2VhbGVk")


def recording(event: Event, *account_events: Event) -> Work:
    """A command's work that records the event, in a shop where this happened to person 3."""
    world = World()
    world.has(ACCOUNT, 3, *account_events)
    work = Work(world, WORKER, "2026-01-02T03:04:05.000006Z", lambda: 9)
    work.begin(ORDER, 9, [event])
    return work


ORDERED = OrderPlaced(
    order_id=9,
    number="N",
    person_id=4,
    lines=(),
    charges=Charges(subtotal=0, tax=0, shipping=0, discount=0, total=0),
    pricing="none",
    shipping_address=OF_JO,
    billing_address=None,
)


@pytest.mark.parametrize(
    "event",
    [
        ORDERED,
        ProfileChanged(person_id=3, first_name=OF_JO),
        AddressAdded(person_id=3, address_id=1, address_type="other", is_default=False, address=OF_JO),
    ],
)
def test_what_was_sealed_for_somebody_who_is_gone_by_now_is_not_recorded(event: Event) -> None:
    with pytest.raises(KeyDestroyed):
        ensure_nobody_erased(recording(event, JO, GONE))
    work = recording(event, JO)
    ensure_nobody_erased(work)
    assert "account-3" in work.reads  # so the append checks that nobody erased them meanwhile


def test_what_holds_nothing_of_theirs_is_recorded() -> None:
    ensure_nobody_erased(recording(role("seller"), JO, GONE))
    ensure_nobody_erased(recording(ProfileChanged(person_id=3, phone_number=None), JO, GONE))
