"""Idempotency keys: the same body the same answer, once, in this process and the next."""

from hashlib import sha256

import psycopg
import pytest
from support.databases import Databases
from support.rivals import await_appends_waiting, log_held, one_batch
from support.shop import PASSWORD, Shop

from storefold.bootstrap import WriteSide, build_write_side
from write_side.account.commands import ChangePassword, RegisterAccount
from write_side.bus import Bus, IdempotencyKey
from write_side.cart.commands import AddToCart, ClearCart
from write_side.messages import Actor
from write_side.refusals import IdempotencyKeyReused
from write_side.stock.decide import InsufficientStock


@pytest.fixture
def bus(write_side: WriteSide) -> Bus:
    return write_side.bus


KEY = IdempotencyKey("person 7 POST /commands/add-to-cart", "k-1")


def test_the_same_key_and_body_get_the_same_answer_once(shop: Shop, bus: Bus) -> None:
    buyer, kettle = shop.person(), shop.product()
    add = AddToCart(product_id=kettle.product_id, quantity=2)
    first = bus.execute(add, buyer.actor, KEY)
    shop.add(buyer, kettle)  # the world moves on
    assert bus.execute(AddToCart(product_id=kettle.product_id, quantity=2), buyer.actor, KEY) == first
    assert shop.in_cart(buyer) == 3


def test_the_answer_outlives_the_process(shop: Shop, bus: Bus, databases: Databases) -> None:
    buyer, kettle = shop.person(), shop.product()
    add = AddToCart(product_id=kettle.product_id)
    first = bus.execute(add, buyer.actor, KEY)
    again = build_write_side(databases.settings())
    assert again.bus.execute(add, buyer.actor, KEY) == first
    again.close()
    assert shop.in_cart(buyer) == 1


def test_another_body_under_the_same_key_is_refused(shop: Shop, bus: Bus) -> None:
    buyer, kettle = shop.person(), shop.product()
    bus.execute(AddToCart(product_id=kettle.product_id, quantity=1), buyer.actor, KEY)
    with pytest.raises(IdempotencyKeyReused):
        bus.execute(AddToCart(product_id=kettle.product_id, quantity=2), buyer.actor, KEY)
    with pytest.raises(IdempotencyKeyReused):
        bus.execute(ClearCart(), buyer.actor, KEY)
    assert shop.in_cart(buyer) == 1


def test_what_is_kept_of_a_request_cannot_be_guessed_at(bus: Bus, databases: Databases) -> None:
    """A request may hold a password: whoever has the row alone cannot try passwords on it."""
    command = RegisterAccount.model_validate({"email": "keyed@people.test", "password": PASSWORD})
    bus.execute(command, key=KEY)
    with psycopg.connect(databases.dsn) as conn:
        [(kept,)] = conn.execute("SELECT request FROM idempotency").fetchall()
    body = command.model_dump_json(context={"secrets": True})
    guesses = (body, f"{command.command_name()}\x00{body}")
    assert len(kept) == 32
    assert bytes(kept) not in [sha256(guess.encode()).digest() for guess in guesses]


def test_the_same_key_in_another_scope_is_another_key(shop: Shop, bus: Bus) -> None:
    buyer, kettle = shop.person(), shop.product()
    add = AddToCart(product_id=kettle.product_id)
    bus.execute(add, buyer.actor, KEY)
    bus.execute(add, buyer.actor, IdempotencyKey("somebody else", "k-1"))
    assert shop.in_cart(buyer) == 2


def test_a_refusal_is_not_kept_so_that_a_retry_can_succeed(shop: Shop, bus: Bus) -> None:
    buyer, kettle = shop.person(), shop.product(stock=1)
    two = AddToCart(product_id=kettle.product_id, quantity=2)
    with pytest.raises(InsufficientStock):
        bus.execute(two, buyer.actor, KEY)
    shop.restock(kettle, to=2)
    assert bus.execute(two, buyer.actor, KEY).result["quantity"] == 2


def test_twice_in_one_batch_is_carried_out_once(shop: Shop, bus: Bus, databases: Databases) -> None:
    buyer, kettle = shop.person(), shop.product()
    add = AddToCart(product_id=kettle.product_id)
    with one_batch(databases, bus):
        first, second = (bus.submit(add, buyer.actor, KEY) for _ in range(2))
        other = bus.submit(AddToCart(product_id=kettle.product_id, quantity=9), buyer.actor, KEY)
    assert first.result() == second.result()
    with pytest.raises(IdempotencyKeyReused):
        other.result()
    assert shop.in_cart(buyer) == 1


def test_the_second_of_two_processes_waits_for_the_first_and_gets_its_answer(
    shop: Shop, bus: Bus, databases: Databases
) -> None:
    buyer, kettle = shop.person(), shop.product()
    other = build_write_side(databases.settings())
    add = AddToCart(product_id=kettle.product_id)
    with log_held(databases):
        answers = [side.submit(add, buyer.actor, KEY) for side in (bus, other.bus)]
        await_appends_waiting(databases, 2)
        assert not any(future.done() for future in answers)
    assert answers[0].result() == answers[1].result()
    other.close()
    assert shop.in_cart(buyer) == 1


def test_a_command_that_changes_nothing_repeats_its_answer_too(shop: Shop, bus: Bus) -> None:
    buyer = shop.person()
    first = bus.execute(ClearCart(), buyer.actor, KEY)
    assert first.events == []
    shop.add(buyer, shop.product())
    assert bus.execute(ClearCart(), buyer.actor, KEY) == first
    assert shop.in_cart(buyer) == 1


def test_a_changed_password_is_answered_again_though_the_old_one_no_longer_fits(shop: Shop, bus: Bus) -> None:
    person = shop.person()
    change = ChangePassword.model_validate({"old_password": PASSWORD, "new_password": "another horse"})
    first = bus.execute(change, person.actor, KEY)
    assert bus.execute(change, person.actor, KEY) == first


def test_a_repeated_registration_makes_one_person(shop: Shop, bus: Bus, databases: Databases) -> None:
    register = RegisterAccount.model_validate({"email": "Jo@Shop.test", "password": "long enough"})
    answers = [bus.execute(register, Actor(), KEY) for _ in range(2)]
    assert answers[0] == answers[1]
    with psycopg.connect(databases.owner_dsn) as owner:
        assert owner.execute("SELECT count(*) FROM credentials").fetchone() == (1,)
