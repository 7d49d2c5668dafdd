"""The log's promises: gapless positions in commit order, all or nothing, and nothing rewritten."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError
from support.databases import Databases
from support.events import run_of, stored
from support.shop import Shop

from write_side.cart.commands import AddToCart
from write_side.database import Database
from write_side.event_store import LogSubscription, PostgresLog
from write_side.log_append import Alongside, Answered, Claim, Guard, KeyTaken, NameTaken, StaleStream
from write_side.messages import Actor

MUCH = 10_000


def positions(log: PostgresLog) -> list[int]:
    return [row[0] for row in log.read(0, MUCH)[0]]


# -- positions ------------------------------------------------------------------------------------


def test_positions_are_gapless_and_in_commit_order_with_writers_that_fail(log: PostgresLog) -> None:
    def write(writer: int) -> list[int]:
        mine: list[int] = []
        for i in range(1, 41):
            mine.extend(log.insert_events(run_of(f"a-{writer}", 2 * i - 1, 2)))
            with pytest.raises(IntegrityError):
                log.insert_events([stored(f"a-{writer}", 1)])  # took a number, and gave it back
        return mine

    with ThreadPoolExecutor(8) as pool:
        answered = [position for mine in pool.map(write, range(8)) for position in mine]
    assert sorted(answered) == positions(log) == list(range(1, 641))
    assert log.head() == 640


def test_a_writer_in_flight_holds_the_next_one_back_so_that_no_reader_can_pass_it(
    log: PostgresLog, databases: Databases
) -> None:
    """The rival has its position but has not committed: a reader that saw a later one would skip it."""
    with psycopg.connect(databases.owner_dsn) as rival:
        append(rival, "slow-1")
        waiting = threading.Thread(target=lambda: log.insert_events([stored("quick-1", 1)]))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive(), "an append overtook one in flight"
        assert log.read(0, MUCH) == ([], 0)
        rival.commit()
        waiting.join()
    assert [(row[0], row[1]) for row in log.read(0, MUCH)[0]] == [(1, "slow-1"), (2, "quick-1")]


def test_a_rival_that_rolls_back_leaves_no_hole(log: PostgresLog, databases: Databases) -> None:
    with psycopg.connect(databases.owner_dsn) as rival:
        append(rival, "given-up-1")
        rival.rollback()
    assert log.insert_events([stored("next-1", 1)]) == range(1, 2)


def append(connection: psycopg.Connection[Any], stream: str) -> None:
    """One event through the log's own function, in the connection's open transaction."""
    none = "'{}'"
    connection.execute(
        f"""SELECT log_append(NULL, NULL, NULL, ARRAY[%s], ARRAY[1], ARRAY['test.happened'], ARRAY['{{}}'::bytea],
        {none}, {none}, {none}, {none}, {none}, {none}, {none}, {none}, {none})""",
        (stream,),
    )


def test_reading_a_window_counts_positions_that_a_topic_filter_leaves_out(log: PostgresLog) -> None:
    log.insert_events([stored("a-1", 1, topic="x"), stored("a-1", 2, topic="y"), stored("a-1", 3, topic="x")])
    rows, upto = log.read(0, 2, topics=["y"])
    assert ([row[0] for row in rows], upto) == ([2], 2)
    assert log.read(2, 2, topics=["y"]) == ([], 3)


# -- streams --------------------------------------------------------------------------------------


def test_one_append_writes_several_streams_or_none(log: PostgresLog) -> None:
    log.insert_events([stored("b-1", 1)])
    with pytest.raises(StaleStream):
        log.insert_events([stored("a-1", 1), stored("b-1", 1), stored("c-1", 1)])
    assert log.select_events("a-1") == log.select_events("c-1") == []
    assert log.insert_events([stored("a-1", 1), stored("b-1", 2), stored("c-1", 1)]) == range(2, 5)


def test_of_many_rivals_for_one_version_exactly_one_wins(log: PostgresLog) -> None:
    start = threading.Barrier(8)

    def rival(number: int) -> bool:
        start.wait()
        try:
            log.insert_events([stored("a-1", 1, state=str(number).encode())])
        except StaleStream:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(rival, range(8))) == 1
    assert len(log.select_events("a-1")) == 1


def test_a_guard_refuses_when_a_stream_that_was_only_read_has_moved(log: PostgresLog) -> None:
    log.insert_events([stored("read-1", 1)])
    known = Guard(head=1, reads={"read-1": 1})
    log.insert_events([stored("read-1", 2)])
    with pytest.raises(StaleStream):
        log.insert_events([stored("written-1", 1)], guard=known)
    assert log.select_events("written-1") == []


def test_a_guard_lets_pass_what_rests_on_nothing_that_moved(log: PostgresLog) -> None:
    log.insert_events([stored("read-1", 1)])
    known = Guard(head=1, reads={"read-1": 1})
    log.insert_events([stored("other-1", 1)])
    assert log.insert_events([stored("written-1", 1)], guard=known) == range(3, 4)


def test_a_guard_without_reads_refuses_any_foreign_append(log: PostgresLog) -> None:
    log.insert_events([stored("other-1", 1)])
    with pytest.raises(StaleStream):
        log.insert_events([stored("written-1", 1)], guard=Guard(head=0))
    assert log.insert_events([stored("written-1", 1)], guard=Guard(head=1)) == range(2, 3)


# -- names and idempotency rows, in the same transaction -------------------------------------------

ALONGSIDE = Alongside(
    claims=[Claim("slug", "kettle", 7)],
    answers=[Answered(b"key", b"request", b"answer", 2)],
)


def test_names_and_answers_are_stored_with_their_events(log: PostgresLog, databases: Databases) -> None:
    log.insert_events([stored("zero-1", 1)])
    log.insert_events(run_of("a-1", 1, 2), alongside=ALONGSIDE)
    with psycopg.connect(databases.owner_dsn) as owner:
        assert owner.execute("SELECT kind, value, owner FROM names").fetchall() == [("slug", "kettle", 7)]
        rows = owner.execute("SELECT key, request, answer, position FROM idempotency").fetchall()
    assert rows == [(b"key", b"request", b"answer", 3)]  # its second event's position


def test_a_stale_stream_takes_names_and_answers_back_too(log: PostgresLog, databases: Databases) -> None:
    log.insert_events([stored("a-1", 1)])
    with pytest.raises(StaleStream):
        log.insert_events([stored("a-1", 1)], alongside=ALONGSIDE)
    assert counts(databases) == {"events": 1, "names": 0, "idempotency": 0}


@pytest.mark.parametrize(
    ("second", "refusal"),
    [
        (Alongside(claims=[Claim("slug", "kettle", 8), Claim("slug", "pot", 8)]), NameTaken),
        (Alongside(claims=[Claim("slug", "pot", 8)], answers=[Answered(b"key", b"r", b"a", 1)]), KeyTaken),
    ],
)
def test_a_taken_name_or_key_takes_everything_back(
    log: PostgresLog, databases: Databases, second: Alongside, refusal: type[Exception]
) -> None:
    log.insert_events(run_of("a-1", 1, 2), alongside=ALONGSIDE)
    with pytest.raises(refusal):
        log.insert_events([stored("b-1", 1)], alongside=second)
    assert counts(databases) == {"events": 2, "names": 1, "idempotency": 1}
    assert log.insert_events([stored("b-1", 1)]) == range(3, 4)


def test_a_name_released_and_claimed_in_one_append_changes_its_owner(log: PostgresLog, databases: Databases) -> None:
    log.insert_events(run_of("a-1", 1, 2), alongside=ALONGSIDE)
    passed_on = Alongside(claims=[Claim("slug", "kettle", 8)], releases=[("slug", "kettle")])
    log.insert_events([stored("b-1", 1)], alongside=passed_on)
    with psycopg.connect(databases.owner_dsn) as owner:
        assert owner.execute("SELECT owner FROM names").fetchall() == [(8,)]


def test_statements_alongside_share_the_append_s_fate(log: PostgresLog, databases: Databases) -> None:
    secret = "INSERT INTO credentials (person_id, password_hash) VALUES (%s, 'hash')"
    log.insert_events([stored("a-1", 1)], alongside=Alongside(statements=[(secret, (1,))]))
    with pytest.raises(StaleStream):
        log.insert_events([stored("a-1", 1)], alongside=Alongside(statements=[(secret, (2,))]))
    with psycopg.connect(databases.owner_dsn) as owner:
        assert owner.execute("SELECT person_id FROM credentials").fetchall() == [(1,)]


def counts(databases: Databases) -> dict[str, int]:
    with psycopg.connect(databases.owner_dsn) as owner:
        tables = ("events", "names", "idempotency")
        return {t: len(owner.execute(f"SELECT FROM {t}").fetchall()) for t in tables}


# -- nothing is rewritten ---------------------------------------------------------------------------

REWRITES = ["UPDATE events SET state = ''", "DELETE FROM events", "TRUNCATE events", "TRUNCATE events CASCADE"]


@pytest.mark.parametrize("statement", REWRITES)
def test_the_database_refuses_even_the_owner(log: PostgresLog, databases: Databases, statement: str) -> None:
    log.insert_events([stored("a-1", 1)])
    with psycopg.connect(databases.owner_dsn) as owner, pytest.raises(psycopg.Error, match="immutable") as refused:
        owner.execute(statement)
    assert refused.value.sqlstate == "SF010"
    assert len(positions(log)) == 1


def test_a_replica_session_is_refused_too(log: PostgresLog, databases: Databases) -> None:
    """Ordinary triggers do not fire in this role; this one always does."""
    log.insert_events([stored("a-1", 1)])
    with psycopg.connect(databases.owner_dsn) as owner:
        owner.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.Error, match="immutable"):
            owner.execute("DELETE FROM events")


@pytest.mark.parametrize(
    "statement",
    [
        *REWRITES,
        "ALTER TABLE events DISABLE TRIGGER events_no_change",
        "DROP TABLE events",
        "DELETE FROM log_head",
        "UPDATE names SET owner = 1",
        "UPDATE idempotency SET answer = ''",
        "DELETE FROM idempotency",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (x int)",
    ],
)
def test_the_application_s_role_has_not_the_right(databases: Databases, statement: str) -> None:
    with (
        psycopg.connect(databases.dsn) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute(statement)


def test_the_application_s_role_can_do_its_work(databases: Databases, log: PostgresLog) -> None:
    with psycopg.connect(databases.dsn) as application:
        user = application.execute("SELECT current_user, pg_has_role('storefold', 'member')").fetchone()
    assert user == ("storefold_app", False)
    assert log.insert_events([stored("a-1", 1)], alongside=ALONGSIDE) == range(1, 2)


# -- what an event carries ---------------------------------------------------------------------------


def test_metadata_says_who_when_and_why(shop: Shop) -> None:
    buyer = shop.person()
    kettle = shop.product()
    actor = Actor(
        person_id=buyer.person_id,
        roles=buyer.roles,
        surface="store",
        request="req-1",
        correlation="cor-1",
        causation=3,
    )
    position = shop.do(AddToCart(product_id=kettle.product_id), actor).position
    with shop.write_side.log.connection() as connection:
        event, version, meta, age = connection.execute(
            "SELECT event, event_version, meta, now() - at FROM history WHERE position = %s", (position,)
        ).fetchone()  # type: ignore[misc]
    assert (event, version) == ("cart.item-added", 2)
    assert abs(age.total_seconds()) < 60
    assert meta["command"]
    wanted = {"actor": buyer.person_id, "surface": "store", "request": "req-1", "correlation": "cor-1", "causation": 3}
    assert wanted.items() <= meta.items()


def test_history_is_json_that_analysts_can_query(shop: Shop) -> None:
    shop.order(shop.person(), shop.product("Teapot", price="12.50"), quantity=2, pricing="store")
    with shop.write_side.log.connection() as connection:
        kinds = connection.execute(
            "SELECT pg_typeof(data)::text, pg_typeof(meta)::text, pg_typeof(at)::text FROM history LIMIT 1"
        ).fetchone()
        rows = connection.execute(
            """SELECT data #>> '{lines,0,name}', (data #>> '{charges,total}')::int FROM history
            WHERE event = 'order.placed' AND data @> '{"pricing": "store"}'"""
        ).fetchall()
        everything = connection.execute("SELECT count(*), count(data), count(at), max(position) FROM history")
        total, with_data, with_time, last = everything.fetchone()  # type: ignore[misc]
    assert kinds == ("jsonb", "jsonb", "timestamp with time zone")
    assert rows == [("Teapot", 3250)]
    assert total == with_data == with_time == last == shop.write_side.log.head()


# -- the store that is away ---------------------------------------------------------------------------


def test_nobody_to_talk_to_is_an_operational_error(databases: Databases) -> None:
    nowhere = PostgresLog(Database(databases.dsn.replace("@127.0.0.1:", "@127.0.0.1:1")))
    calls: list[Callable[[], object]] = [nowhere.head, lambda: nowhere.insert_events([stored("a-1", 1)])]
    for call in calls:
        with pytest.raises(OperationalError):
            call()


def test_a_connection_that_was_cut_is_replaced(log: PostgresLog, databases: Databases) -> None:
    log.insert_events([stored("a-1", 1)])
    with log.connection() as connection:
        pid = connection.info.backend_pid
    with psycopg.connect(databases.owner_dsn, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s)", (pid,))
        while owner.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            pass
    assert log.insert_events([stored("a-1", 2)]) == range(2, 3)


def test_a_subscription_misses_nothing_that_is_appended_before_it_listens(
    log: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rival appends after the subscription's first look and before its LISTEN has arrived."""
    looked, listen = threading.Event(), LogSubscription._listen
    select = log.select_notifications

    def look(*args: Any, **kwargs: Any) -> Any:
        found = select(*args, **kwargs)
        looked.set()
        return found

    def listen_late(self: LogSubscription) -> None:
        looked.wait(10)
        rival = PostgresLog(Database(log.database.dsn))
        rival.insert_events([stored("a-1", 1)])
        rival.close()
        listen(self)

    monkeypatch.setattr(log, "select_notifications", look)
    monkeypatch.setattr(LogSubscription, "_listen", listen_late)
    with log.subscribe(gt=0) as subscription:
        stopper = threading.Timer(10, subscription.stop)
        stopper.start()
        assert [notification.id for notification in itertools.islice(subscription, 1)] == [1]
        stopper.cancel()
