"""The bus and a store that dies around the commit, stops and comes back: nothing twice, nothing lost.

The wire between them (`support/proxy.py`) is cut at a chosen packet; what Postgres did by then stands.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from support.databases import Databases
from support.proxy import Wire
from support.rivals import await_appends_waiting, log_held
from support.shop import PASSWORD, Shop

from storefold.bootstrap import WriteSide, build_write_side
from write_side.account.commands import RegisterAccount
from write_side.bus import IdempotencyKey
from write_side.cart.commands import AddToCart
from write_side.messages import Actor
from write_side.refusals import OutcomeUnknown, Unavailable


@dataclass(frozen=True)
class Wired:
    """A process whose log is reached over a wire that can be cut."""

    wire: Wire
    side: WriteSide
    shop: Shop


@pytest.fixture
def wired(databases: Databases) -> Iterator[Wired]:
    with Wire(databases.dsn) as wire:
        settings = databases.settings().model_copy(update={"postgres_dsn": wire.dsn})
        side = build_write_side(settings)
        yield Wired(wire, side, Shop(side))
        side.close()


def events_of(databases: Databases, stream: str) -> list[int]:
    with psycopg.connect(databases.owner_dsn) as owner:
        query = "SELECT position FROM events WHERE stream = %s ORDER BY version"
        return [position for (position,) in owner.execute(query, (stream,))]


@pytest.mark.parametrize("lost", ["request", "answer"])
@pytest.mark.parametrize("size", [1, 20])
def test_an_append_whose_packet_is_lost_happens_exactly_once(
    wired: Wired, databases: Databases, lost: str, size: int
) -> None:
    """The log itself tells whether it happened: when it did, it is not sent again."""
    buyer, kettle = wired.shop.person(), wired.shop.product(stock=10_000)
    wired.shop.add(buyer, kettle)  # everything is in memory now: the next packet is the append's
    before = len(events_of(databases, f"cart-{buyer.person_id}"))
    getattr(wired.wire, f"lose_{lost}")()
    add = AddToCart(product_id=kettle.product_id)
    waiting = [wired.side.bus.submit(add, buyer.actor) for _ in range(size)]
    answers = [future.result(20) for future in waiting]
    assert wired.wire.cuts == 1
    positions = events_of(databases, f"cart-{buyer.person_id}")[before:]
    assert [answer.position for answer in answers] == positions
    assert wired.shop.add(buyer, kettle).result["quantity"] == size + 2


@pytest.mark.parametrize("lost", ["request", "answer"])
@pytest.mark.parametrize("packet", range(1, 7))
def test_a_registration_cut_at_any_packet_is_whole_or_nothing(
    wired: Wired, databases: Databases, lost: str, packet: int
) -> None:
    """Names, credentials and events share one transaction of several packets."""
    wired.shop.person()
    getattr(wired.wire, f"lose_{lost}")(packet)
    register = RegisterAccount.model_validate({"email": "jo@shop.test", "password": PASSWORD})
    try:
        person_id = wired.side.bus.execute(register, Actor()).result["person_id"]
    except Unavailable:
        person_id = None
    with psycopg.connect(databases.owner_dsn) as owner:
        (accounts,) = owner.execute("SELECT count(*) FROM events WHERE topic = 'account.registered'").fetchone()  # type: ignore[misc]
        (names,) = owner.execute("SELECT count(*) FROM names WHERE kind = 'email'").fetchone()  # type: ignore[misc]
        (secrets,) = owner.execute("SELECT count(*) FROM credentials").fetchone()  # type: ignore[misc]
    assert accounts == names == secrets == (1 if person_id is None else 2)
    wired.wire.lose_answer(10**9)  # not armed any more
    signed_in = wired.side.sign_in.with_password("jo@shop.test", PASSWORD)
    assert (signed_in.person_id if signed_in else None) == person_id


def test_a_backend_killed_while_it_waits_to_append_is_asked_again(shop: Shop, databases: Databases) -> None:
    buyer, kettle = shop.person(), shop.product()
    with log_held(databases):
        adding = shop.write_side.bus.submit(AddToCart(product_id=kettle.product_id), buyer.actor)
        (pid,) = await_appends_waiting(databases)
        with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(%s)", (pid,))
    position = adding.result(20).position
    assert events_of(databases, f"cart-{buyer.person_id}") == [position]


def test_a_stopped_store_is_unavailable_and_works_again_when_it_is_back(wired: Wired, databases: Databases) -> None:
    buyer, kettle = wired.shop.person(), wired.shop.product()
    wired.shop.add(buyer, kettle)
    wired.wire.refuse()
    for _ in range(2):
        with pytest.raises(Unavailable):
            wired.shop.add(buyer, kettle)
    register = RegisterAccount.model_validate({"email": "jo@shop.test", "password": PASSWORD})
    with pytest.raises(Unavailable):
        wired.side.bus.execute(register, Actor())
    assert len(events_of(databases, f"cart-{buyer.person_id}")) == 1
    wired.wire.accept()
    assert wired.shop.add(buyer, kettle).result["quantity"] == 2
    wired.side.bus.execute(register, Actor())


def test_a_store_that_cannot_give_ids_is_no_fault_of_the_command(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids come in blocks; the handler that needs the first of the next one finds nobody to ask."""
    monkeypatch.setattr("write_side.identifiers.BLOCK", 1)
    with Wire(databases.dsn) as wire:
        side = build_write_side(databases.settings().model_copy(update={"postgres_dsn": wire.dsn}))
        shop = Shop(side)
        buyer, kettle = shop.person(), shop.product()
        wire.lose_answer(1)
        with pytest.raises(Unavailable):
            shop.product("Cut off")
        assert shop.add(buyer, kettle).result["quantity"] == 1
        side.close()


def test_an_outcome_that_cannot_be_learnt_is_said_so_and_the_key_tells_later(
    wired: Wired, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("write_side.append.ASK_FOR", 0.5)
    buyer, kettle = wired.shop.person(), wired.shop.product()
    wired.shop.add(buyer, kettle)
    key = IdempotencyKey("buyer", "k")
    add = AddToCart(product_id=kettle.product_id)
    with log_held(databases):
        adding = wired.side.bus.submit(add, buyer.actor, key)
        (pid,) = await_appends_waiting(databases)
        wired.wire.refuse()
        with pytest.raises(OutcomeUnknown):
            adding.result(20)
    await_backend_gone(databases, pid)  # the append was on its way all the time: it happens now
    wired.wire.accept()
    answer = wired.side.bus.execute(add, buyer.actor, key)
    assert answer.result["quantity"] == 2
    assert len(events_of(databases, f"cart-{buyer.person_id}")) == 2


def await_backend_gone(databases: Databases, pid: int) -> None:
    with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
        while owner.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            threading.Event().wait(0.02)
