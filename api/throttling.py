"""How often one client may ask, counted in Redis for all processes together.

What enters: a policy and a client. What leaves: a verdict, exact: within any window of the policy's length
no more requests are let through than its limit. Fixed windows would let twice as many through around their
border, and so would a bucket that fills while nobody asks. Those that are refused are not counted: who
keeps asking is let in as soon as who waits.
"""

import asyncio
import math
import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import hiredis

from read_side.connection import Connection, connect
from read_side.errors import Unavailable

# A list of the moments (ms) of the last requests that were let through. Redis's clock: one for everybody.
_TAKE: Final = """local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local count = redis.call('LLEN', KEYS[1])
while count > 0 and tonumber(redis.call('LINDEX', KEYS[1], 0)) <= now - window do
  redis.call('LPOP', KEYS[1])
  count = count - 1
end
if count >= limit then
  return {0, 0, tonumber(redis.call('LINDEX', KEYS[1], count - limit)) + window - now}
end
redis.call('RPUSH', KEYS[1], now)
redis.call('PEXPIRE', KEYS[1], window)
return {1, limit - count - 1, tonumber(redis.call('LINDEX', KEYS[1], 0)) + window - now}"""
TIMEOUT: Final = 0.5  # seconds for Redis to answer
_SECONDS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
RATE: Final = r"[1-9][0-9]{0,8}/[0-9]{0,4}(s|min|h|d)"


class Rate(NamedTuple):
    """So many in any so many seconds."""

    limit: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """`5/15min`, `3/h`. Raises ValueError."""
        if not re.fullmatch(RATE, text):
            raise ValueError(f"{text!r} is no rate; 5/15min is one, 3/h another (s, min, h, d)")
        limit, _, window = text.partition("/")
        unit = window.lstrip("0123456789")
        return cls(int(limit), int(window.removesuffix(unit) or 1) * _SECONDS[unit])


@dataclass(frozen=True, slots=True)
class Policy:
    """`name` tells counters apart and is shown to clients. `guards`: what it protects must not be asked
    without it (passwords), so that it is refused while nobody can count; what else there is goes on."""

    name: str
    rate: Rate
    guards: bool = False


class Policies(NamedTuple):
    """Those of one surface, by what is counted: tries from an address, or callers."""

    login: Policy
    register: Policy
    user: Policy
    anonymous: Policy


@dataclass(frozen=True, slots=True)
class Rates:
    """Every policy: the store's, those of the contracts that name no limits of their own (`open_`), the native
    surface's."""

    login: Policy
    register: Policy
    user: Policy
    anonymous: Policy
    open_login: Policy
    open_register: Policy
    open_user: Policy
    open_anonymous: Policy
    native_login: Policy
    native_user: Policy
    native_anonymous: Policy

    def of_store(self) -> Policies:
        return Policies(self.login, self.register, self.user, self.anonymous)

    def of_others(self) -> Policies:
        return Policies(self.open_login, self.open_register, self.open_user, self.open_anonymous)


class Verdict(NamedTuple):
    """`wait`: seconds until the next request is let through (refused), or until one more is."""

    policy: Policy
    allowed: bool
    remaining: int
    wait: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit` and `RateLimit-Policy`, as the IETF's draft has them."""
        name, rate = self.policy.name, self.policy.rate
        return [
            (b"ratelimit-policy", f'"{name}";q={rate.limit};w={rate.seconds}'.encode()),
            (b"ratelimit", f'"{name}";r={self.remaining};t={self.wait}'.encode()),
        ]


class TooMany(Exception):
    """The client asked too often."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"Request throttled. Retry after {verdict.wait} seconds.")
        self.verdict = verdict


class Counters:
    """For one event loop. `secret`: clients are counted under a keyed hash, for their addresses are nobody's
    business, least of all in a file on a disk."""

    def __init__(self, redis_url: str, secret: str) -> None:
        self._url = redis_url
        self._key = blake2b(secret.encode(), digest_size=32).digest()
        self._connecting = asyncio.Lock()
        self._connection: Connection | None = None
        self._script = ""

    async def take(self, policy: Policy, client: str) -> Verdict:
        """Counts one request. Raises Unavailable when Redis cannot count it."""
        digest = blake2b(client.encode(), key=self._key, digest_size=12).hexdigest()
        rate = policy.rate
        call = (1, f"throttle:{policy.name}:{digest}", rate.limit, rate.seconds * 1000)
        try:
            async with asyncio.timeout(TIMEOUT):
                allowed, remaining, wait = await self._run(call)
        except TimeoutError as error:
            self.close()
            raise Unavailable("Redis does not answer in time") from error
        return Verdict(policy, bool(allowed), remaining, max(1, math.ceil(wait / 1000)))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _run(self, call: tuple[str | int, ...]) -> list[int]:
        connection = self._connection
        if connection is None or not connection.open:
            connection = await self._connect()
        (answer,) = await connection.ask([("EVALSHA", self._script, *call)])
        if isinstance(answer, hiredis.ReplyError) and str(answer).startswith("NOSCRIPT"):
            (answer,) = await connection.ask([("EVAL", _TAKE, *call)])  # a Redis that was started anew
        if isinstance(answer, hiredis.ReplyError):
            raise Unavailable(f"Redis refuses: {answer}")
        found: list[int] = answer
        return found

    async def _connect(self) -> Connection:
        async with self._connecting:
            if self._connection is None or not self._connection.open:
                connection = await connect(self._url)
                (loaded,) = await connection.ask([("SCRIPT", "LOAD", _TAKE)])
                self._script = _text(loaded)
                self._connection = connection
            return self._connection


def _text(answer: Any) -> str:
    if isinstance(answer, hiredis.ReplyError):
        raise Unavailable(f"Redis refuses: {answer}")
    return str(answer.decode())
