"""Generations of documents in Redis; `redis_session.py` writes into them.

`read_side/documents/layout.py` says where everything lies.
"""

import logging
import os
import secrets
import socket
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import Any

import redis

from projections.stores import scripts
from projections.stores.base import Emptied, Look, Role, Swapped
from projections.stores.redis_session import WORDS, RedisSession, check, connect, reachable
from read_side.documents.layout import Layout, Live, decode_live, decode_parked, encode_live

log = logging.getLogger(__name__)

STRIDE = 20_000  # events a batch of a rebuild; a document is folded once per batch, which is what takes the time


class Rewriting(Enum):
    """How a rewrite of the append-only file stands."""

    NONE = "none"  # it is done, or nobody asked for one
    AT_WORK = "at work"
    FAILED = "failed"


class RedisStore:
    """The Redis models under one hash tag."""

    def __init__(self, url: str, layout: Layout | None = None, *, name: str = "redis", stride: int = STRIDE) -> None:
        self.name = name
        self.stride = stride
        self.client = connect(url)
        self.layout = layout or Layout()
        self._acquire = self.client.register_script(scripts.ACQUIRE)
        self._swap = self.client.register_script(scripts.SWAP)
        self._tokens: dict[Role, bytes] = {}
        self._begun: set[str] = set()  # by this store: nobody but its builder knows them

    def acquire(self, role: Role) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        keys = [self.layout.epoch, self._role(role)]
        with reachable():
            self._tokens[role] = self._acquire(keys=keys, args=[name])

    def live(self) -> dict[str, str]:
        live = self._pointer(self.layout.live)
        return _names(live) if live else {}

    def previous(self) -> dict[str, str]:
        previous = self._pointer(self.layout.previous)
        return _names(previous) if previous else {}

    def generations(self) -> list[str]:
        with reachable():
            return sorted(key.decode() for key in self.client.hkeys(self.layout.positions))

    def standings(self) -> dict[str, int]:
        """Up to where each generation has seen the log."""
        with reachable():
            known = self.client.hgetall(self.layout.positions)
        return {name.decode(): int(position) for name, position in known.items()}

    def versions(self) -> dict[str, int]:
        with reachable():
            known = self.client.hgetall(self.layout.versions)
        return {name.decode(): int(version) for name, version in known.items()}

    def begin(self, model: str, version: int = 1) -> str:
        with reachable():
            numbers = [0]
            for name in self.generations():
                of, _, number = name.rpartition(".")
                if of == model:
                    numbers.append(int(number))
            generation = f"{model}.{max(numbers) + 1}"
            pipeline = self.client.pipeline(transaction=True)
            pipeline.hset(self.layout.versions, generation, version)
            pipeline.hset(self.layout.positions, generation, 0)
            pipeline.execute()
        self._begun.add(generation)
        return generation

    def hand_over(self, generation: str, version: int) -> None:
        with reachable():
            self.client.hset(self.layout.versions, generation, version)

    def session(self, role: Role, generations: Mapping[str, str]) -> "RedisSession":
        pointer = b""
        if role is Role.RUNNER:
            with reachable():
                pointer = self.client.get(self.layout.live) or b""
            if not pointer:
                raise Emptied("there is no pointer to live generations")
            if _names(decode_live(pointer)) != dict(generations):
                raise Swapped("other generations are live")
        token, unseen = self._tokens[role], self._begun.issuperset(generations.values())
        return RedisSession(self.client, self.layout, self._role(role), token, pointer, generations, unseen)

    def swap(self, generations: Mapping[str, str], *, may_lag: bool = False) -> bool:
        with reachable():
            pointer = self.client.get(self.layout.live) or b""
            live = decode_live(pointer) if pointer else Live(secrets.token_hex(8), {})
            now = _names(live)
            wanted = {**now, **generations}
            new = Live(live.store, {model: _number(name) for model, name in wanted.items()})
            pairs = [
                name
                for model, generation in generations.items()
                if model in now and not may_lag
                for name in (generation, now[model])
            ]
            layout = self.layout
            answer = self._swap(
                keys=[layout.builder, layout.live, layout.previous, layout.positions],
                args=[self._tokens[Role.BUILDER], pointer, encode_live(new), *pairs],
            )
        if answer == b"behind":
            return False
        check(answer, Role.BUILDER)
        return True

    def drop(self, generation: str) -> None:
        if generation in self.live().values():
            raise ValueError(f"{generation} is live")
        with reachable():
            keys = [self.layout.model(generation)]
            keys += self._keys(self.layout.index(generation, ""))
            for start in range(0, len(keys), WORDS):
                self.client.unlink(*keys[start : start + WORDS])
            self.client.hdel(self.layout.positions, generation)
            self.client.hdel(self.layout.versions, generation)
            for field in self.client.hkeys(self.layout.parked):
                if field.decode().startswith(f"{generation}/"):
                    self.client.hdel(self.layout.parked, field)

    def contents(self, generation: str, keys: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
        with reachable():
            if keys is not None:
                yield from self._entries_of(generation, keys)
                return
            for field, value in self.client.hscan_iter(self.layout.model(generation), count=1000):
                yield field.decode(), value
            prefix = self.layout.index(generation, "")
            for key in self._keys(prefix):
                is_table = self.client.type(key) == b"hash"
                scan = self.client.hscan_iter if is_table else self.client.zscan_iter
                for member, value in scan(key, count=1000):
                    entry = f":{key.removeprefix(prefix)}/{member.decode()}"
                    yield entry, value if is_table else b"%d" % value

    def look(self) -> Look:
        live = self.live()
        with reachable():
            parked = self.client.hgetall(self.layout.parked)
            holder = self.client.get(self.layout.runner)
            beat = self.client.get(f"{self.layout.runner}:beat")
            known = self.client.hgetall(self.layout.positions)
        positions = {model: int(known.get(name.encode(), 0)) for model, name in live.items()}
        current = {f"{name}/" for name in live.values()}
        return Look(
            generations=live,
            previous=self.previous(),
            positions=positions,
            parked=[
                decode_parked(value)
                for field, value in parked.items()
                if f"{field.decode().partition('/')[0]}/" in current
            ],
            holder=holder.decode() if holder is not None else None,
            beat=beat,
        )

    def scrubbed(self) -> int:
        """The last erasure of which nothing is left anywhere in this store; 0 for none."""
        with reachable():
            return int(self.client.get(self.layout.scrubbed) or 0)

    def set_scrubbed(self, position: int) -> None:
        with reachable():
            self.client.set(self.layout.scrubbed, position)

    def rewrite_file(self) -> bool:
        """Has the append-only file made anew from what is in memory. False: not now, one is being made that may
        have been begun too early. True also where there is no such file, or it is not ours to rewrite."""
        if not self._persistence()["aof_enabled"]:
            return True
        with reachable():
            try:
                self.client.bgrewriteaof()
            except redis.ResponseError as error:
                if "in progress" in str(error):
                    return False
                log.warning("whoever runs this Redis has to see to its append-only file: %s", error)
        return True

    def rewriting_file(self) -> Rewriting:
        found = self._persistence()
        if found["aof_rewrite_in_progress"] or found["aof_rewrite_scheduled"]:
            return Rewriting.AT_WORK
        failed = found["aof_enabled"] and found["aof_last_bgrewrite_status"] != "ok"
        return Rewriting.FAILED if failed else Rewriting.NONE

    def close(self) -> None:
        self.client.close()

    def _persistence(self) -> dict[str, Any]:
        with reachable():
            found: dict[str, Any] = self.client.info("persistence")
        return found

    def _role(self, role: Role) -> str:
        return self.layout.runner if role is Role.RUNNER else self.layout.builder

    def _pointer(self, key: str) -> Live | None:
        with reachable():
            pointer = self.client.get(key)
        return decode_live(pointer) if pointer else None

    def _entries_of(self, generation: str, keys: Collection[str]) -> Iterator[tuple[str, bytes]]:
        for key in keys:
            if not key.startswith(":"):
                value = self.client.hget(self.layout.model(generation), key)
            else:
                name, _, member = key[1:].partition("/")
                place = self.layout.index(generation, name)
                if self.client.type(place) == b"hash":
                    value = self.client.hget(place, member)
                else:
                    score = self.client.zscore(place, member)
                    value = None if score is None else b"%d" % score
            if value is not None:
                yield key, value

    def _keys(self, prefix: str) -> list[str]:
        pattern = prefix.replace("[", "\\[") + "*"
        return [key.decode() for key in self.client.scan_iter(match=pattern, count=1000)]


def _names(live: Live) -> dict[str, str]:
    return {model: f"{model}.{number}" for model, number in live.models.items()}


def _number(generation: str) -> int:
    return int(generation.rpartition(".")[2])
