"""What dies comes back with its data; what is halted stays away until it is resumed."""

import psycopg
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from storefold.stack import Endpoints, HomeInUse, Stack


def test_every_service_survives_kill_9(running: Stack) -> None:
    """All at once: the worst crash is the one that takes the neighbours too."""
    with psycopg.connect(running.endpoints.postgres_owner_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with Redis.from_url(running.endpoints.redis_url) as client:
        client.set("kept", 42)
    old = {name: running.supervisor.kill(name) for name in running.supervisor.pids()}
    assert old.keys() == {"postgres", "redis", "elasticsearch", "smtp", "stripe", "storage", "google"}

    new = {name: running.supervisor.await_restart(name, pid) for name, pid in old.items()}

    assert not set(new.values()) & set(old.values())
    with psycopg.connect(running.endpoints.postgres_owner_dsn) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    with Redis.from_url(running.endpoints.redis_url) as client:
        assert client.get("kept") == b"42"


def test_halt_and_resume(running: Stack) -> None:
    running.supervisor.halt("redis")
    try:
        assert "redis" not in running.supervisor.pids()
        with Redis.from_url(running.endpoints.redis_url) as client, pytest.raises(NoConnection):
            client.ping()
    finally:
        running.supervisor.resume("redis")
    with Redis.from_url(running.endpoints.redis_url) as client:
        assert client.ping()


def test_a_home_has_one_supervisor(running: Stack) -> None:
    owner = (running.home / "run" / "supervisor.lock").read_text().strip()
    with pytest.raises(HomeInUse, match=f"in use by process {owner};"):
        Stack(running.home)


def test_another_process_finds_the_endpoints(running: Stack) -> None:
    assert Endpoints.of(running.home) == running.endpoints
