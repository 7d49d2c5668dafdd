"""The counting itself: exact in any window, for all who count, and cheap."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from support.proxy import Wire

from api.throttling import Counters, Policy, Rate, TooMany
from api.throttling_clients import Addresses
from api.throttling_limits import Limits
from read_side.errors import Unavailable
from storefold.bootstrap import build_rates
from storefold.settings import Settings
from storefold.stack import Endpoints

SECRET = "a secret"


@pytest.fixture
async def counters(endpoints: Endpoints) -> AsyncIterator[Counters]:
    counters = Counters(endpoints.redis_url, SECRET)
    yield counters
    counters.close()


def policy(limit: int, seconds: int) -> Policy:
    return Policy(f"test-{secrets.token_hex(4)}", Rate(limit, seconds))


async def test_no_window_holds_more_than_the_limit(counters: Counters) -> None:
    """Neither around the border of a fixed window nor from a bucket that filled up meanwhile."""
    rule, let_in = policy(5, 1), []
    end = time.monotonic() + 3.2
    while time.monotonic() < end:
        before = time.monotonic()
        if (await counters.take(rule, "me")).allowed:
            let_in.append(before)
        await asyncio.sleep(0.01)
    assert len(let_in) >= 15, "what has left the window makes room"
    for first, sixth in zip(let_in, let_in[5:], strict=False):
        assert sixth - first > 0.95


async def test_who_is_refused_hears_when_to_come_back_and_is_let_in_then(counters: Counters) -> None:
    rule = policy(1, 1)
    assert (await counters.take(rule, "me")).remaining == 0
    refused = await counters.take(rule, "me")
    assert (refused.allowed, refused.wait) == (False, 1)
    assert (await counters.take(rule, "somebody else")).allowed
    await asyncio.sleep(1.01)
    assert (await counters.take(rule, "me")).allowed


async def test_asking_in_vain_puts_nobody_off(counters: Counters) -> None:
    rule = policy(1, 1)
    began = time.monotonic()
    await counters.take(rule, "me")
    allowed = [(await counters.take(rule, "me")).allowed for _ in range(50)]
    while not any(allowed):
        allowed = [(await counters.take(rule, "me")).allowed for _ in range(50)]
    assert time.monotonic() - began < 2


async def test_several_processes_count_together(endpoints: Endpoints) -> None:
    several = [Counters(endpoints.redis_url, SECRET) for _ in range(3)]
    rule = policy(10, 60)
    taken = await asyncio.gather(*(several[n % 3].take(rule, "me") for n in range(30)))
    assert sum(verdict.allowed for verdict in taken) == 10
    for counters in several:
        counters.close()


async def test_a_limit_that_was_lowered_holds_at_once(counters: Counters) -> None:
    wide = policy(10, 60)
    for _ in range(10):
        await counters.take(wide, "me")
    verdict = await counters.take(Policy(wide.name, Rate(3, 60)), "me")
    assert (verdict.allowed, verdict.remaining) == (False, 0)


async def test_no_address_is_kept(counters: Counters, endpoints: Endpoints) -> None:
    import redis

    rule = policy(10, 60)
    await counters.take(rule, "203.0.113.77")
    with redis.Redis.from_url(endpoints.redis_url) as client:
        [key] = list(client.scan_iter(f"throttle:{rule.name}:*", count=10_000))
        assert b"203.0" not in key
        assert 0 < client.ttl(key) <= 60


async def test_a_redis_that_forgot_the_script_is_told_again(counters: Counters, endpoints: Endpoints) -> None:
    import redis

    rule = policy(10, 60)
    await counters.take(rule, "me")
    with redis.Redis.from_url(endpoints.redis_url) as client:
        client.script_flush()
    assert (await counters.take(rule, "me")).remaining == 8


async def test_a_connection_that_broke_is_made_again(endpoints: Endpoints) -> None:
    with Wire(endpoints.redis_url) as wire:
        counters, rule = Counters(wire.dsn, SECRET), policy(10, 60)
        assert (await counters.take(rule, "me")).allowed
        wire.refuse()
        with pytest.raises(Unavailable):
            await counters.take(rule, "me")
        wire.accept()
        assert (await counters.take(rule, "me")).allowed
        counters.close()


def limits(redis_url: str, *, alive: bool) -> Limits:
    settings = SimpleNamespace(redis_url=redis_url, secret_key=SECRET, trusted_proxies=frozenset({"127.0.0.1"}))
    parts: Any = SimpleNamespace(settings=settings, reads=SimpleNamespace(positions=SimpleNamespace(alive=alive)))
    rates = build_rates(Settings())
    assert rates is not None
    return Limits(parts, rates)


@pytest.mark.parametrize("alive", [True, False])
async def test_without_redis_passwords_cannot_be_tried_and_all_else_goes_on(alive: bool) -> None:
    away = limits("redis://127.0.0.1:1/0", alive=alive)
    scope: dict[str, Any] = {"client": ("198.51.100.1", 1), "headers": [], "path": "/auth/token"}
    policies = away.rates.of_store()
    for guarded in ("login", "register"):
        with pytest.raises(Unavailable):
            await away.admit(scope, policies, guarded, None)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        await away.admit_native(scope, None)
    await away.admit(scope, policies, "caller", None)
    await away.admit(scope, policies, "caller", 7)
    away.close()


async def test_counting_costs_little(endpoints: Endpoints) -> None:
    """A ceiling for a busy machine; alone it takes some 45 µs of this process's time."""
    here = limits(endpoints.redis_url, alive=True)
    forwarded = [(b"x-forwarded-for", b"198.51.100.1")]
    scope: dict[str, Any] = {"client": ("127.0.0.1", 1), "headers": forwarded, "path": "/"}
    name, policies = secrets.randbits(40), here.rates.of_store()

    async def take(count: int) -> None:
        for _ in range(count):
            with contextlib.suppress(TooMany):
                await here.admit(scope, policies, "caller", name)

    await take(200)
    began = time.process_time()
    await asyncio.gather(*(take(100) for _ in range(40)))
    spent = (time.process_time() - began) / 4000
    here.close()
    print(f"{spent * 1e6:.0f} µs")
    assert spent < 300e-6


@pytest.mark.parametrize(
    ("text", "rate"),
    [("5/15min", (5, 900)), ("3/h", (3, 3600)), ("100/min", (100, 60)), ("20/1min", (20, 60)), ("9/2d", (9, 172_800))],
)
def test_rates_are_read(text: str, rate: tuple[int, int]) -> None:
    assert Rate.parse(text) == rate


@pytest.mark.parametrize("text", ["", "5", "5/", "/min", "0/min", "5/week", "5 / min", "-1/min", "5/min\n"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="no rate"):
        Rate.parse(text)
    with pytest.raises(ValueError, match="rate_login"):
        Settings(rate_login=text)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("10.1.2.3", "203.0.113.9:55", "203.0.113.9"),
        ("::1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", None, "198.51.100.7"),
    ],
)
def test_where_a_request_comes_from(peer: str, forwarded: str | None, client: str) -> None:
    addresses = Addresses(["127.0.0.1", "::1", "10.0.0.0/8"])
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    assert addresses.of({"type": "http", "client": (peer, 5), "headers": headers}) == client


def test_two_lines_of_one_header_are_one_list() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-for", b"10.1.2.3")]
    assert Addresses(["10.0.0.0/8"]).of({"client": ("10.0.0.1", 5), "headers": headers}) == "203.0.113.9"


def test_a_socket_without_an_address_is_one_client() -> None:
    assert Addresses([]).of({"client": None, "headers": []}) == "nowhere"
