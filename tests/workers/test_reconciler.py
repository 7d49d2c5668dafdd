"""What has no result is tried again: not too early, not twice at once, more and more rarely."""

import pytest
from kombu.exceptions import OperationalError as BrokerError
from till import Till

from storefold.bootstrap import WriteSide
from workers import open_effects
from workers.open_effects import LEASE, LONGEST, Open
from workers.reconciler import reconcile
from write_side.database import connect
from write_side.processes.effects import Effect, Kind

WANTED = Open(Effect(Kind.REFUND, 7, 2), position=41, correlation="abc")


@pytest.fixture
def conn(write_side: WriteSide) -> open_effects.Connection:
    with write_side.log.connection() as conn:
        return conn


def overdue(conn: open_effects.Connection) -> list[Open]:
    sent: list[Open] = []
    assert reconcile(conn, sent.append) == len(sent)
    return sent


def let_pass(conn: open_effects.Connection, seconds: float) -> None:
    conn.execute("UPDATE effects SET due = due - make_interval(secs => %s)", (seconds,))


def due_in(conn: open_effects.Connection) -> float:
    row = conn.execute("SELECT extract(epoch FROM due - now()) FROM effects").fetchone()
    assert row is not None
    return float(row[0])


def test_a_fresh_effect_is_left_to_its_task(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    assert overdue(conn) == []
    let_pass(conn, LEASE - 1)
    assert overdue(conn) == []


def test_an_effect_without_a_result_is_sent_again(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    let_pass(conn, LEASE)
    assert overdue(conn) == [WANTED]
    assert overdue(conn) == [], "it was just sent"


def test_an_effect_that_is_struck_out_is_not(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    let_pass(conn, LEASE)
    open_effects.strike_out(conn, WANTED.effect)
    assert overdue(conn) == []


def test_an_effect_may_be_told_to_wait(conn: open_effects.Connection) -> None:
    patient = Open(Effect(Kind.CHECK_INTENT, 7, after=60), position=41)
    open_effects.add(conn, [patient])
    let_pass(conn, 59)
    assert overdue(conn) == []
    let_pass(conn, 2)
    assert [one.effect.id for one in overdue(conn)] == [patient.effect.id]


def test_tries_become_rarer_and_never_end(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    pauses = []
    for _ in range(40):
        let_pass(conn, LONGEST)
        assert overdue(conn) == [WANTED]
        pauses.append(round(due_in(conn)))
    assert pauses[:3] == [LEASE, 2 * LEASE, 4 * LEASE]
    assert pauses[-1] == LONGEST


def test_the_backoff_is_exponential_with_jitter(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    for tries in range(12):
        conn.execute("UPDATE effects SET tries = %s", (tries,))
        seen = []
        for _ in range(20):
            open_effects.postpone(conn, WANTED.effect, 0.5, 300.0)
            seen.append(due_in(conn))
        middle = min(0.5 * 2**tries, 300.0)
        assert all(0.45 * middle <= one <= 1.5 * middle for one in seen)
        assert len({round(one, 4) for one in seen}) > 10, "all at once is no jitter"


def test_writing_an_effect_down_twice_keeps_the_first(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    let_pass(conn, LEASE)
    open_effects.add(conn, [WANTED])
    assert overdue(conn) == [WANTED]


def test_two_reconcilers_share_what_is_overdue(conn: open_effects.Connection, till: Till) -> None:
    many = [Open(Effect(Kind.REFUND, 7, number), position=41) for number in range(150)]
    open_effects.add(conn, many)
    let_pass(conn, LEASE)
    with connect(till.shop.write_side.database.dsn) as rival, rival.transaction():
        theirs = open_effects.take_overdue(rival, 100)  # and does not commit before we look
        ours = overdue(conn)
    assert len(theirs) == 100
    assert {one.effect.id for one in ours} & {one.effect.id for one in theirs} == set()
    assert len(ours) == 50


def test_what_could_not_be_sent_stays_overdue(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    let_pass(conn, LEASE)

    def away(_: Open) -> None:
        raise BrokerError("away")

    for _ in range(3):
        with pytest.raises(BrokerError):
            reconcile(conn, away)
    assert overdue(conn) == [WANTED]
    assert due_in(conn) == pytest.approx(LEASE, abs=1), "no try was counted"


def test_all_means_all(conn: open_effects.Connection) -> None:
    open_effects.add(conn, [WANTED])
    sent: list[Open] = []
    assert reconcile(conn, sent.append, everything=True) == 1
    assert sent == [WANTED]
