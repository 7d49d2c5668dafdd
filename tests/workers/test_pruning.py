"""Old answers are forgotten, what may happen once alone is not."""

import psycopg
import pytest
from support.databases import Databases
from support.shop import Shop

from workers import pruning
from workers.pruning import prune_keys
from write_side.account.commands import UpdateProfile
from write_side.bus import IdempotencyKey


def key(name: str) -> IdempotencyKey:
    return IdempotencyKey("tests", name)


@pytest.fixture
def kept(shop: Shop, databases: Databases) -> Shop:
    """Answers under keys `old`, `lasting` (both ten days ago) and `new`."""
    person = shop.person()
    for name in ("old", "lasting", "new"):
        shop.write_side.bus.execute(UpdateProfile(first_name=name), person.actor, key(name))
    with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
        old = [key("old").digest(), key("lasting").digest()]
        owner.execute("UPDATE idempotency SET recorded_at = now() - interval '10 days' WHERE key = ANY (%s)", (old,))
    return shop


def stored(shop: Shop) -> set[bytes]:
    with shop.write_side.log.connection() as conn:
        return {bytes(row[0]) for row in conn.execute("SELECT key FROM idempotency")}


def test_answers_are_kept_for_a_while_and_lasting_ones_for_ever(kept: Shop) -> None:
    with kept.write_side.log.connection() as conn:
        assert prune_keys(conn, 11, []) == 0
        assert prune_keys(conn, 7, [key("lasting").digest()]) == 1
        assert stored(kept) == {key("lasting").digest(), key("new").digest()}
        assert prune_keys(conn, 7, [key("lasting").digest()]) == 0


def test_a_great_many_go_piece_by_piece(kept: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 1)
    with kept.write_side.log.connection() as conn:
        assert [prune_keys(conn, 7, []) for _ in range(3)] == [1, 1, 0]
    assert stored(kept) == {key("new").digest()}


def test_what_is_not_an_hour_old_stays_whatever_is_asked(kept: Shop) -> None:
    with kept.write_side.log.connection() as conn:
        assert prune_keys(conn, 0, []) == 2
    assert stored(kept) == {key("new").digest()}


def test_names_are_never_pruned(kept: Shop) -> None:
    with kept.write_side.log.connection() as conn:
        names = conn.execute("SELECT count(*) FROM names").fetchone()
        prune_keys(conn, 0, [])
        assert conn.execute("SELECT count(*) FROM names").fetchone() == names != (0,)
