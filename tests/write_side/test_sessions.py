"""Sessions and their refresh tokens, against the real tables: rotation, reuse, and what ends them."""

import psycopg
import pytest
from support.databases import Databases
from support.rivals import await_lock
from support.shop import PASSWORD, SERVICE, Person, Shop

from write_side.account.commands import ChangePassword
from write_side.secrets.refresh_tokens import Reused, Successor, digest, new_token_id
from write_side.session.commands import BeginSession, EndSession
from write_side.session.decide import SessionIsOver

SURFACE = "martaff"


@pytest.fixture
def jo(shop: Shop) -> Person:
    return shop.person(email="jo@shop.test")


def begin(shop: Shop, person: Person, remember: bool = False) -> tuple[int, str]:
    """The session and its first token."""
    token = new_token_id()
    begun = BeginSession(
        person_id=person.person_id,
        surface=SURFACE,
        method="password",
        token_hash=digest(token).hex(),
        remember=remember,
    )
    return shop.do(begun, SERVICE).result["session_id"], token


def rotate(shop: Shop, person: Person, token: str, remember: bool | None = None) -> Successor | Reused | None:
    return shop.write_side.refresh_tokens.rotate(token, person.person_id, SURFACE, 100, 10_000, remember)


def succeeded(shop: Shop, person: Person, token: str) -> str:
    successor = rotate(shop, person, token)
    assert isinstance(successor, Successor)
    return successor.token_id


def lifetime(databases: Databases, token: str) -> float:
    """Seconds that the token has left."""
    with psycopg.connect(databases.owner_dsn) as owner:
        row = owner.execute(
            "SELECT extract(epoch FROM expires_at - now()) FROM refresh_tokens WHERE token_hash = %s", (digest(token),)
        ).fetchone()
    assert row is not None
    return float(row[0])


def test_a_token_is_good_until_its_successor_is_issued(shop: Shop, jo: Person) -> None:
    tokens = shop.write_side.refresh_tokens
    _, first = begin(shop, jo)
    second = succeeded(shop, jo, first)
    assert tokens.find(first, SURFACE) is None
    found = tokens.find(second, SURFACE)
    assert found is not None and found.person_id == jo.person_id
    assert rotate(shop, jo, first) is None  # an answer that was lost looks like this: nothing else happens
    assert isinstance(rotate(shop, jo, second), Successor)


def test_a_token_is_its_surface_s_and_its_person_s(shop: Shop, jo: Person) -> None:
    _, token = begin(shop, jo)
    tokens = shop.write_side.refresh_tokens
    assert tokens.rotate(token, jo.person_id, "store", 1, 1) is None
    assert tokens.rotate(token, jo.person_id + 1, SURFACE, 1, 1) is None
    assert tokens.rotate(token + "x", jo.person_id, SURFACE, 1, 1) is None
    assert tokens.find(token, SURFACE)


def test_reuse_long_after_rotation_tells_whose_session_is_to_end(shop: Shop, jo: Person, databases: Databases) -> None:
    session, first = begin(shop, jo)
    second = succeeded(shop, jo, first)
    with psycopg.connect(databases.owner_dsn) as owner:
        owner.execute("UPDATE refresh_tokens SET rotated_at = rotated_at - interval '11 seconds'")
    assert rotate(shop, jo, first) == Reused(session)
    shop.do(EndSession(session_id=session, reason="token-reused"), SERVICE)
    assert rotate(shop, jo, second) is None


def test_who_is_remembered_is_remembered_after_rotation(shop: Shop, jo: Person, databases: Databases) -> None:
    _, short = begin(shop, jo)
    _, long = begin(shop, jo, remember=True)
    assert lifetime(databases, short) < lifetime(databases, long)
    for token, remember, expected in ((short, None, False), (long, None, True)):
        successor = rotate(shop, jo, token, remember)
        assert isinstance(successor, Successor) and successor.remember is expected
        assert (lifetime(databases, successor.token_id) > 1000) is expected
        changed = rotate(shop, jo, successor.token_id, not expected)
        assert isinstance(changed, Successor) and changed.remember is not expected


def test_an_ended_session_has_no_good_token_and_others_are_left_alone(shop: Shop, jo: Person) -> None:
    tokens = shop.write_side.refresh_tokens
    one, first = begin(shop, jo)
    _, other = begin(shop, jo)
    second = succeeded(shop, jo, first)
    shop.do(EndSession(session_id=one), SERVICE)
    assert tokens.find(second, SURFACE) is rotate(shop, jo, second) is None
    assert tokens.find(other, SURFACE)
    with pytest.raises(SessionIsOver):
        shop.do(EndSession(session_id=one), SERVICE)


def test_a_token_that_is_rotated_while_every_session_ends_does_not_outlive_them(
    shop: Shop, jo: Person, databases: Databases
) -> None:
    """The rival: a thief rotates, and commits only after the owner's new password was waiting for it."""
    _, token = begin(shop, jo)
    fresh = new_token_id()
    with psycopg.connect(databases.owner_dsn) as rival:
        rival.execute("UPDATE sessions SET remember = remember")  # the lock that a rotation takes
        rival.execute(
            """INSERT INTO refresh_tokens (token_hash, family, person_id, surface, expires_at)
            SELECT %s, family, person_id, surface, expires_at FROM refresh_tokens WHERE token_hash = %s""",
            (digest(fresh), digest(token)),
        )
        change = ChangePassword.model_validate({"old_password": PASSWORD, "new_password": "another horse"})
        done = shop.write_side.bus.submit(change, jo.actor)
        await_lock(databases, "UPDATE sessions SET ended_at%")
        rival.commit()
    done.result()
    assert shop.write_side.refresh_tokens.find(token, SURFACE) is None
    assert shop.write_side.refresh_tokens.find(fresh, SURFACE) is None


def test_what_has_long_expired_is_forgotten(shop: Shop, jo: Person, databases: Databases) -> None:
    begin(shop, jo)
    with psycopg.connect(databases.owner_dsn) as owner:
        owner.execute("UPDATE refresh_tokens SET expires_at = now() - interval '2 days'")
    begin(shop, jo)
    with psycopg.connect(databases.owner_dsn) as owner:
        for table in ("refresh_tokens", "sessions"):
            assert owner.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,), table
