"""Postgres is killed in the middle of load, on a stack of the test's own: every answered command is
there once, and the key of an unanswered one tells what became of it."""

import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sized

import psycopg
import pytest
from support.shop import Shop

from storefold.bootstrap import build_write_side
from storefold.migrate import migrate_databases
from storefold.settings import Settings
from storefold.stack import Stack
from write_side.batch import Accepted
from write_side.bus import IdempotencyKey
from write_side.cart.commands import AddToCart
from write_side.refusals import OutcomeUnknown, Unavailable


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="storefold-") as folder, Stack(folder) as stack:
        stack.supervisor.start(*(service for service in stack.services() if service.name == "postgres"))
        yield stack


def test_no_answered_command_is_lost_and_none_happens_twice(stack: Stack) -> None:
    at = stack.endpoints
    settings = Settings(
        postgres_dsn=at.postgres_dsn,
        postgres_owner_dsn=at.postgres_owner_dsn,
        keys_dsn=at.keys_dsn,
        keys_owner_dsn=at.keys_owner_dsn,
    )
    migrate_databases(settings)
    side = build_write_side(settings)
    shop = Shop(side)
    buyers, lamp = shop.people(8), shop.product(stock=10**6)
    stop = threading.Event()
    answered: list[tuple[IdempotencyKey, int, Accepted]] = []
    unanswered: list[tuple[IdempotencyKey, int]] = []

    def buy(who: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            key = IdempotencyKey(f"buyer {who}", str(number))
            try:
                answer = side.bus.execute(AddToCart(product_id=lamp.product_id), buyers[who].actor, key)
            except (Unavailable, OutcomeUnknown):
                unanswered.append((key, who))
                stop.wait(0.05)
            else:
                answered.append((key, who, answer))

    threads = [threading.Thread(target=buy, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        _await_more(answered, 200)
        old = stack.supervisor.kill("postgres")
        stack.supervisor.await_restart("postgres", old)
    _await_more(answered, 200)
    stop.set()
    for thread in threads:
        thread.join()

    add = AddToCart(product_id=lamp.product_id)
    for key, who, answer in answered:
        assert side.bus.execute(add, buyers[who].actor, key) == answer
    settled = [side.bus.execute(add, buyers[who].actor, key) for key, who in unanswered]
    with psycopg.connect(at.postgres_owner_dsn) as owner:
        rows = owner.execute("SELECT position FROM events WHERE topic = 'cart.item-added' ORDER BY position").fetchall()
    happened = Counter(answer.position for answer in [*(a for _, _, a in answered), *settled])
    assert [position for (position,) in rows] == sorted(happened)
    assert set(happened.values()) == {1}
    side.close()


def _await_more(answered: Sized, count: int) -> None:
    goal, waited = len(answered) + count, threading.Event()
    for _ in range(3000):
        if len(answered) > goal:
            return
        waited.wait(0.01)
    raise AssertionError("waited 30 s in vain")
