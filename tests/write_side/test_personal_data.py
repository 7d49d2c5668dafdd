"""Personal values: nowhere in plain, opened only while their key is there, gone in every process."""

import itertools
import time
from collections.abc import Iterator

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from psycopg import sql
from support.databases import Databases
from support.shop import PASSWORD, Person, Shop

from storefold.bootstrap import build_vault
from write_side.account.commands import AddAddress, ChangePassword, RegisterAccount, UpdateProfile
from write_side.account.state import ACCOUNT
from write_side.bus import IdempotencyKey
from write_side.codecs import decode
from write_side.database import Database
from write_side.messages import Actor
from write_side.order.commands import PlaceOrder
from write_side.personal_data import KeyDestroyed, Vault
from write_side.values import Sealed

PERSONAL = {
    "email": "wilhelmina.quackenbush@post.example",
    "first_name": "Wilhelmina",
    "last_name": "Quackenbush",
    "phone_number": "+4915112345678",
    "new_first_name": "Mina-Sophie",
    "new_phone_number": "+4917098765432",
    "street": "Krähenwinkelallee 17",
    "city": "Hinterzarten",
    "zip": "79856-XQ",
    "password": "Zwölf Boxkämpfer jagen",
    "new_password": "Viktor quer über den Sylter Deich",
}


def everything(dsn: str) -> bytes:
    """Every value of every table of a database, as bytes, whatever its type."""
    with psycopg.connect(dsn) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        values = (
            value
            for (table,) in tables
            for row in owner.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            for value in row
        )
        return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


@pytest.fixture
def busy_shop(shop: Shop) -> Shop:
    """Every command that takes something personal has been carried out, each under a client's key."""
    bus, keys = shop.write_side.bus, (IdempotencyKey("scope", str(n)) for n in itertools.count())
    register = RegisterAccount.model_validate(
        {name: PERSONAL[name] for name in ("email", "first_name", "last_name", "phone_number", "password")}
    )
    person_id = bus.execute(register, Actor(), next(keys)).result["person_id"]
    me = Actor(person_id=person_id, roles=frozenset({"buyer"}))
    profile = {"first_name": PERSONAL["new_first_name"], "phone_number": PERSONAL["new_phone_number"]}
    bus.execute(UpdateProfile.model_validate(profile), me, next(keys))
    passwords = {"old_password": PERSONAL["password"], "new_password": PERSONAL["new_password"]}
    bus.execute(ChangePassword.model_validate(passwords), me, next(keys))
    address = AddAddress.model_validate(
        {
            "address_type": "shipping",
            "full_name": f"{PERSONAL['new_first_name']} {PERSONAL['last_name']}",
            "street_address": PERSONAL["street"],
            "city": PERSONAL["city"],
            "zip_code": PERSONAL["zip"],
            "country": "Nowhere",
            "phone_number": PERSONAL["new_phone_number"],
        }
    )
    address_id = bus.execute(address, me, next(keys)).result["address_id"]
    kettle = shop.product("Fingerhut kettle")
    shop.add(Person(person_id, PERSONAL["email"], me.roles), kettle)
    bus.execute(PlaceOrder(shipping_address_id=address_id, billing_address_id=address_id), me, next(keys))
    return shop


def test_nothing_personal_is_anywhere_in_the_databases(busy_shop: Shop, databases: Databases) -> None:
    stored = everything(databases.owner_dsn) + everything(databases.keys_owner_dsn)
    assert b"Fingerhut kettle" in stored  # the search does find what is there
    assert b"order.placed" in stored
    lowered = stored.decode(errors="replace").lower()
    for what, value in PERSONAL.items():
        for form in (value, value.encode().hex(), ascii(value)[1:-1], value.encode("unicode_escape").decode()):
            assert form.lower() not in lowered, what


def test_the_vault_opens_what_the_log_keeps(busy_shop: Shop) -> None:
    side = busy_shop.write_side
    signed_in = side.sign_in.with_password(PERSONAL["email"].upper(), PERSONAL["new_password"])
    assert signed_in is not None
    assert (signed_in.email, signed_in.first_name) == (PERSONAL["email"], PERSONAL["new_first_name"])
    assert side.sign_in.with_password(PERSONAL["email"], PERSONAL["password"]) is None


def test_an_erased_person_s_values_are_gone_from_every_replay_and_the_log_is_as_it_was(
    busy_shop: Shop, databases: Databases
) -> None:
    side = busy_shop.write_side
    identity = side.sign_in.with_password(PERSONAL["email"], PERSONAL["new_password"])
    assert identity is not None
    before = side.log.read(0, 10_000)
    side.vault.destroy(identity.person_id)
    assert side.log.read(0, 10_000) == before
    account = ACCOUNT.initial
    for stored in side.log.select_events(ACCOUNT.stream(identity.person_id)):
        account = ACCOUNT.evolve(account, decode(stored.topic, stored.state)[0])
    sealed = [account.email, account.first_name, account.last_name, account.phone_number]
    sealed += [entry.address for entry in account.addresses.values()]
    assert [side.vault.open(value) for value in sealed if value is not None] == [None] * 5
    tombstone = side.sign_in.identity(identity.person_id)
    assert tombstone is not None and tombstone.email == tombstone.last_name == ""


# -- the vault ------------------------------------------------------------------------------------


@pytest.fixture
def vaults(databases: Databases) -> Iterator[tuple[Vault, Vault]]:
    """Those of two processes."""
    pair = build_vault(databases.settings()), build_vault(databases.settings())
    yield pair
    for vault in pair:
        vault.close()


def test_what_one_process_seals_another_opens(vaults: tuple[Vault, Vault]) -> None:
    here, there = vaults
    sealed = [vault.seal(7, "Jo Ü 漢") for vault in vaults]
    assert sealed[0] != sealed[1]  # a fresh nonce each time
    assert [there.open(value) for value in sealed] == [here.open(value) for value in sealed] == ["Jo Ü 漢"] * 2


def test_a_value_moved_to_another_person_or_tampered_with_does_not_open(vaults: tuple[Vault, Vault]) -> None:
    vault, _ = vaults
    sealed = vault.seal(7, "Jo")
    vault.seal(8, "Al")
    flipped = sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1]
    for forged in (sealed.replace("p1.7.", "p1.8."), flipped, sealed[:20], "p2" + sealed[2:], "Jo", "", "a.b.c.d"):
        with pytest.raises(ValueError):
            vault.open(Sealed(forged))


def test_a_destroyed_key_stays_destroyed(vaults: tuple[Vault, Vault]) -> None:
    vault, fresh = vaults
    sealed = vault.seal(7, "Jo")
    vault.destroy(7)
    vault.destroy(7)
    assert vault.open(sealed) is fresh.open(sealed) is None
    for process in vaults:
        with pytest.raises(KeyDestroyed):
            process.seal(7, "Jo again")
    assert vault.open(vault.seal(8, "Al")) == "Al"


def hears(vault: Vault) -> None:
    """Waits until the vault keeps keys in memory."""
    deadline = time.monotonic() + 10
    while not vault._news.hearing:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def forgets(vault: Vault, person_id: int, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while person_id in vault._keys:
        assert time.monotonic() < deadline, "the key is still in memory"
        time.sleep(0.005)


def test_another_process_hears_of_it_and_forgets(vaults: tuple[Vault, Vault], databases: Databases) -> None:
    here, there = vaults
    hears(there)
    jo, al = there.seal(7, "Jo"), there.seal(8, "Al")
    assert {7, 8} <= there._keys.keys()  # what it has in memory is why it must hear
    here.destroy(7)
    forgets(there, 7)
    assert (there.open(jo), there.open(al)) == (None, "Al")
    with psycopg.connect(databases.keys_owner_dsn) as owner:  # or whoever else deletes it
        owner.execute("DELETE FROM person_keys WHERE person_id = 8")
    forgets(there, 8)
    assert there.open(al) is None


def test_who_cannot_hear_keeps_nothing_and_forgets_what_there_was(
    vaults: tuple[Vault, Vault], databases: Databases
) -> None:
    here, there = vaults
    hears(there)
    sealed = there.seal(7, "Jo")
    with psycopg.connect(databases.keys_owner_dsn, autocommit=True) as owner:
        owner.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'storefold key news' AND datname = current_database()"""
        )
        forgets(there, 7)
        here.destroy(7)  # nobody tells `there`
    assert there.open(sealed) is None
    hears(there)  # it listens again, by itself
    al = there.seal(8, "Al")
    assert 8 in there._keys
    here.destroy(8)
    forgets(there, 8)
    assert there.open(al) is None


def test_a_process_that_was_held_up_trusts_nothing_from_before(
    vaults: tuple[Vault, Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its listener stands still: what it last heard is too long ago to use a key on."""
    here, there = vaults
    hears(there)
    sealed = there.seal(7, "Jo")
    monkeypatch.setattr(there, "forget", lambda _person: None)
    there._news._forget = lambda _person: None  # nothing gets through
    here.destroy(7)
    assert there.open(sealed) == "Jo"
    monkeypatch.setattr("write_side.key_news.TRUST", 0.0)
    assert there.open(sealed) is None


def test_a_vault_that_is_closed_keeps_nothing(vaults: tuple[Vault, Vault]) -> None:
    vault = vaults[0]
    hears(vault)
    sealed = vault.seal(7, "Jo")
    vault.close()
    assert not vault._keys
    assert not vault._news.hearing
    assert vault.open(sealed) == "Jo"  # read again, and not kept
    assert not vault._keys


def test_a_key_that_was_read_before_its_end_is_not_kept_after_it(
    vaults: tuple[Vault, Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rival erases the person between this process's read of the key and its keeping it."""
    here, there = vaults
    sealed = here.seal(7, "Jo")
    unwrap = there._unwrap

    def erased_meanwhile(person_id: int, version: int, wrapped: bytes) -> object:
        here.destroy(7)
        there.forget(7)
        return unwrap(person_id, version, wrapped)

    monkeypatch.setattr(there, "_unwrap", erased_meanwhile)
    there.open(sealed)  # it had the key in its hand
    assert there.open(sealed) is None


def test_two_processes_that_make_a_person_s_first_key_make_one(
    vaults: tuple[Vault, Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = vaults
    make = there._make_key

    def beaten(person_id: int) -> object:
        here.seal(7, "first")
        return make(person_id)

    monkeypatch.setattr(there, "_make_key", beaten)
    sealed = there.seal(7, "second")
    assert here.open(sealed) == "second"


def test_another_master_key_opens_nothing(vaults: tuple[Vault, Vault], databases: Databases) -> None:
    sealed = vaults[0].seal(7, "Jo")
    stranger = Vault(Database(databases.keys_dsn), b"x" * 32)
    with pytest.raises(InvalidTag):
        stranger.open(sealed)
    assert stranger.lookup_hash("jo@shop.test") != vaults[0].lookup_hash("jo@shop.test")
    stranger.close()
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(Database(databases.keys_dsn), b"short")


def test_names_of_accounts_are_keyed_hashes_that_free_no_secret(shop: Shop, databases: Databases) -> None:
    shop.person(email="jo@shop.test")
    with psycopg.connect(databases.owner_dsn) as owner:
        (value,) = owner.execute("SELECT value FROM names WHERE kind = 'email'").fetchone()  # type: ignore[misc]
    assert value == shop.write_side.vault.lookup_hash("jo@shop.test")
    assert len(value) == 64
    signed_in = shop.write_side.sign_in.with_password("jo@shop.test", PASSWORD)
    assert signed_in is not None
