"""A key is destroyed whoever dies on the way, and every process hears of it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from support.databases import Databases
from support.shop import Person, Shop
from till import Processes, Till, eventually

from storefold.bootstrap import WriteSide
from storefold.stack.stripe import control
from workers import open_effects
from workers.erasure import Erasures
from workers.open_effects import Open
from workers.payments import Payments
from workers.streams import load
from workers.stripe_gateway import StripeAway
from write_side.account.commands import DeleteAccount
from write_side.account.state import ACCOUNT
from write_side.media import StorageAway
from write_side.personal_data import KeyDestroyed
from write_side.processes.effects import Effect, Kind
from write_side.values import Sealed

AUTHORISED = {"Authorization": f"Bearer {control.KEY}"}


@pytest.fixture
def dispatcher(processes: Processes) -> "subprocess.Popen[bytes]":
    return processes.start("dispatcher")


def email_of(shop: Shop, person: Person) -> Sealed:
    return load(shop.write_side.log, ACCOUNT, person.person_id).state.email


def deleted(shop: Shop, person: Person) -> None:
    """The process that carried the command out died right after the commit."""
    shop.write_side.bus.submit(DeleteAccount(), person.actor).result()


def keys(databases: Databases, person: Person) -> int:
    with psycopg.connect(databases.keys_owner_dsn) as owner:
        [(count,)] = owner.execute("SELECT count(*) FROM person_keys WHERE person_id = %s", (person.person_id,))
        return int(count)


def open_rows(write_side: WriteSide) -> list[str]:
    with write_side.log.connection() as conn:
        return [row[0] for row in conn.execute("SELECT id FROM effects WHERE kind = 'erase-person'")]


@contextmanager
def keys_held(databases: Databases) -> Iterator[None]:
    """Nobody can destroy a key."""
    with psycopg.connect(databases.keys_owner_dsn) as rival:
        rival.execute("LOCK TABLE person_keys IN EXCLUSIVE MODE")
        yield
        with psycopg.connect(databases.keys_owner_dsn, autocommit=True) as owner:
            owner.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                AND datname = current_database()"""
            )


def somebody_waits(databases: Databases) -> bool:
    with psycopg.connect(databases.keys_owner_dsn) as owner:
        row = owner.execute(
            """SELECT EXISTS (SELECT FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND datname = current_database())"""
        ).fetchone()
        return row == (True,)


@pytest.mark.usefixtures("dispatcher")
def test_the_one_who_deleted_and_a_worker_are_killed_before_the_key_is_gone(
    till: Till, processes: Processes, databases: Databases
) -> None:
    shop, person = till.shop, till.buyer
    vault, email = shop.write_side.vault, email_of(shop, person)
    deleted(shop, person)
    eventually(lambda: vault._news.hearing, "word of keys")
    assert vault.open(email) == person.email
    with keys_held(databases):
        worker = processes.start("worker")
        eventually(lambda: somebody_waits(databases), "the destruction")
        processes.kill(worker)
    assert keys(databases, person) == 1
    assert vault.open(email) == person.email
    processes.start("worker")
    till.make_due()
    eventually(lambda: keys(databases, person) == 0, "the key's end")
    eventually(lambda: vault.open(email) is None, "word of it in this process")
    with pytest.raises(KeyDestroyed):
        vault.seal(person.person_id, "again")


# -- the task itself ------------------------------------------------------------------------------


def erasing(shop: Shop, person: Person) -> Open:
    wanted = Open(Effect(Kind.ERASE_PERSON, person.person_id), shop.write_side.log.head())
    with shop.write_side.log.connection() as conn:
        open_effects.add(conn, [wanted])
    return wanted


def test_what_else_is_theirs_is_tried_until_it_is_gone(shop: Shop, databases: Databases) -> None:
    person, done = shop.person(), []

    def pictures(person_id: int) -> None:
        done.append(person_id)
        if len(done) == 1:
            raise StorageAway("the storage is away")

    erasures = Erasures(shop.write_side.log, shop.write_side.vault, [pictures])
    deleted(shop, person)
    wanted = erasing(shop, person)
    erasures.carry_out(wanted)
    assert keys(databases, person) == 0, "the key waits for nothing"
    assert open_rows(shop.write_side)
    erasures.carry_out(wanted)
    assert done == [person.person_id] * 2
    assert not open_rows(shop.write_side)
    erasures.carry_out(wanted)  # redelivered


def test_nobody_is_erased_whom_the_log_knows_as_living(shop: Shop, databases: Databases) -> None:
    person = shop.person()
    wanted = erasing(shop, person)
    Erasures(shop.write_side.log, shop.write_side.vault, [lambda _: pytest.fail("not them")]).carry_out(wanted)
    assert keys(databases, person) == 1
    assert not open_rows(shop.write_side)


def test_stripe_forgets_whose_payments_they_were(till: Till, payments: Payments) -> None:
    order_id, wanted = till.asked()
    deleted(till.shop, till.buyer)
    erasures = Erasures(till.shop.write_side.log, till.shop.write_side.vault, [payments.erase_person])
    erasing(till.shop, till.buyer)
    with pytest.raises(StripeAway):
        payments.erase_person(till.buyer.person_id)  # the intent may be on its way, with the address
    payments.carry_out(wanted)
    [made] = till.intents()
    assert "customer_email" not in made["metadata"]  # somebody who is gone by now has none
    assert till.payment(order_id).intent_id == made["id"]
    erasures.carry_out(Open(Effect(Kind.ERASE_PERSON, till.buyer.person_id), 1))
    assert not open_rows(till.shop.write_side)


def test_stripe_forgets_who_has_paid(till: Till, payments: Payments) -> None:
    order_id, wanted = till.asked()
    payments.carry_out(wanted)
    till.confirm(order_id)
    [news] = till.news("payment_intent.succeeded")
    till.deliver(news)
    [made] = till.intents()
    assert made["metadata"]["customer_email"] == till.buyer.email
    deleted(till.shop, till.buyer)
    for _ in range(2):
        payments.erase_person(till.buyer.person_id)
    [made] = till.intents()
    charge = control.send("GET", f"{till.url}/v1/charges/{made['latest_charge']}", headers=AUTHORISED).json()
    assert set(made["metadata"]) == set(charge["metadata"]) == {"order_id"}
    payments.erase_person(till.shop.person().person_id)  # nobody's payments but theirs


def test_a_backup_of_the_keys_brings_nobody_back(shop: Shop, processes: Processes, databases: Databases) -> None:
    person, other = shop.person(), shop.person()
    sealed = email_of(shop, person)
    with psycopg.connect(databases.keys_owner_dsn, autocommit=True) as owner:
        backup = owner.execute("SELECT * FROM person_keys").fetchall()
        shop.do(DeleteAccount(), person)
        owner.execute("DELETE FROM person_keys")
        owner.execute("DELETE FROM destroyed_persons")
        for row in backup:
            owner.execute("INSERT INTO person_keys VALUES (%s, %s, %s, %s)", row)
    assert shop.write_side.vault.open(sealed) == person.email  # that is what a backup does
    assert processes.run("destroy-keys") == "1 destroyed\n"
    assert (keys(databases, person), keys(databases, other)) == (0, 1)
    with pytest.raises(KeyDestroyed):
        shop.write_side.vault.seal(person.person_id, "again")
    assert processes.run("destroy-keys") == "0 destroyed\n"


# -- the command ----------------------------------------------------------------------------------


def test_when_the_answer_is_there_the_key_is_gone(shop: Shop, databases: Databases) -> None:
    person, email = shop.person(), "jo@shop.test"
    jo = shop.person(email=email)
    sealed = email_of(shop, jo)
    shop.do(DeleteAccount(), jo)
    assert (keys(databases, jo), keys(databases, person)) == (0, 1)
    assert shop.write_side.vault.open(sealed) is None
    again = shop.person(email=email)  # the address is free, and who has it now is somebody else
    assert again.person_id != jo.person_id
    assert shop.write_side.sign_in.identity(jo.person_id) is None
    with pytest.raises(KeyDestroyed):
        shop.write_side.vault.seal(jo.person_id, "x")
    before = shop.write_side.log.head()
    shop.do(DeleteAccount(person_id=jo.person_id))  # once more changes nothing
    assert shop.write_side.log.head() == before
