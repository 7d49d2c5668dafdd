"""Writes batches into generations in Redis: one script call each.

The script checks the fencing token, the live pointer and the stored positions, and writes
documents, lists and positions together: exactly once in effect, whatever is repeated.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from projections.model import Entry, Ranked
from projections.stores import scripts
from projections.stores.base import (
    Batch,
    Emptied,
    Fenced,
    Moved,
    Role,
    StoreDown,
    Swapped,
    Target,
)
from read_side.documents.layout import Announcement, Layout, Parked

WORDS = 4000  # of one command inside a script
PIECE = 16_000  # words; readers wait while a script runs, here for some 5 ms
TIMEOUT = 10  # seconds; a batch takes milliseconds
_encode = msgspec.json.Encoder().encode


def connect(url: str) -> Any:
    """A client that repeats nothing by itself: the runner knows what may be repeated. (Any, as its
    types cannot say that replies are bytes.)"""
    return redis.Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))


@contextmanager
def reachable() -> Iterator[None]:
    """Whatever Redis refuses (it loads, has no memory, is a replica ...) is a reason to try
    again."""
    try:
        yield
    except redis.RedisError as error:
        raise StoreDown(f"Redis: {error}") from error


class RedisSession:
    """Generations opened for writing under a token. `unseen`: they are half-built, and thrown away
    should their builder die."""

    def __init__(
        self,
        client: Any,
        layout: Layout,
        role_key: str,
        token: bytes,
        pointer: bytes,
        generations: Mapping[str, str],
        unseen: bool = False,
    ) -> None:
        self._client = client
        self._layout = layout
        self._keys = [role_key, layout.live, layout.positions]
        self._token = token
        self._pointer = pointer
        self._generations = generations
        self._role = Role.RUNNER if pointer else Role.BUILDER
        self._unseen = unseen and not pointer
        self._models = {model: layout.model(name) for model, name in generations.items()}
        self._apply = client.register_script(scripts.APPLY)

    def positions(self) -> dict[str, int]:
        names = list(self._generations.values())
        with reachable():
            found = self._client.hmget(self._layout.positions, names)
        if any(position is None for position in found):
            raise Emptied("a generation has no position")
        return {model: int(position) for model, position in zip(self._generations, found, strict=True)}

    def parked(self) -> set[Target]:
        models = {name: model for model, name in self._generations.items()}
        with reachable():
            fields = [field.decode() for field in self._client.hkeys(self._layout.parked)]
        found = (field.partition("/") for field in fields)
        return {(models[name], key) for name, _, key in found if name in models}

    def load(self, targets: list[Target]) -> list[bytes | None]:
        keys: dict[str, list[str]] = defaultdict(list)
        for model, key in targets:
            keys[model].append(key)
        with reachable():
            if len(keys) == 1:
                ((model, wanted),) = keys.items()
                found: list[bytes | None] = self._client.hmget(self._models[model], wanted)
                return found
            pipeline = self._client.pipeline(transaction=False)
            for model, wanted in keys.items():
                pipeline.hmget(self._models[model], wanted)
            answers = pipeline.execute()
        replies = {model: iter(answer) for model, answer in zip(keys, answers, strict=True)}
        return [next(replies[model]) for model, _ in targets]

    def members(self, model: str, name: str) -> list[str]:
        with reachable():
            found = self._client.zrange(self._layout.index(self._generations[model], name), 0, -1)
        return [key.decode() for key in found]

    def write(self, batch: Batch, before: Mapping[str, int], upto: int) -> list[Parked]:
        after = {model: max(position, upto) for model, position in before.items()}
        commands = list(self._entries(batch))
        documents: dict[str, list[Any]] = defaultdict(list)
        for (model, key), stored in batch.documents.items():
            documents[model] += (key, stored)
        for model, words in documents.items():
            commands += _chunks(["HSET", self._models[model]], words)
        for parked in batch.parked:
            field = f"{self._generations[parked.model]}/{parked.key}"
            commands.append(["HSET", self._layout.parked, field, _encode(parked)])
        if self._role is Role.RUNNER:
            news = Announcement(min(after.values()), changed=sorted(batch.changed))
            commands.append(["PUBLISH", self._layout.channel, _encode(news)])
        if self._unseen:
            commands = self._ahead(before, commands)
        self._run(before, after, commands)
        return []

    def _ahead(self, before: Mapping[str, int], commands: list[list[Any]]) -> list[list[Any]]:
        """Runs all but the last of the commands ahead, leaving the position where it was: a batch need
        not take effect at once where nobody reads or goes on from what is there."""
        piece: list[list[Any]] = []
        words = 0
        for command in commands:
            if words > PIECE:
                self._run(before, before, piece)
                piece, words = [], 0
            piece.append(command)
            words += len(command)
        return piece

    def settle(self) -> None:
        """Every batch has saved its position."""

    def beat(self, report: bytes) -> None:
        self._run({}, {}, [["SET", f"{self._keys[0]}:beat", report]])

    def _run(self, before: Mapping[str, int], after: Mapping[str, int], commands: list[list[Any]]) -> None:
        args: list[Any] = [self._token, self._pointer, len(before)]
        for model, position in before.items():
            args += (self._generations[model], position, after[model])
        for command in commands:
            args.append(len(command))
            args += command
        with reachable():
            answer = self._apply(keys=self._keys, args=args)
        check(answer, self._role)

    def _entries(self, batch: Batch) -> Iterator[list[Any]]:
        """Removals first: within a batch a name may pass from one document to another."""
        for key, words in self._grouped(batch.removed, _removal).items():
            yield from _chunks([key[0], key[1]], words)
        for key, words in self._grouped(batch.added, _addition).items():
            yield from _chunks([key[0], key[1]], words)

    def _grouped(
        self,
        entries: Iterable[tuple[Target, Entry]],
        form: Callable[[str, Entry], tuple[str, str, tuple[Any, ...]]],
    ) -> dict[tuple[str, str], list[Any]]:
        grouped: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for (model, document), entry in entries:
            verb, name, words = form(document, entry)
            grouped[(verb, self._layout.index(self._generations[model], name))] += words
        return grouped


def _removal(document: str, entry: Entry) -> tuple[str, str, tuple[Any, ...]]:
    if isinstance(entry, Ranked):
        return "ZREM", entry.name, (document,)
    return "HDEL", entry.table, (entry.name,)


def _addition(document: str, entry: Entry) -> tuple[str, str, tuple[Any, ...]]:
    if isinstance(entry, Ranked):
        return "ZADD", entry.name, (entry.score, document)
    return "HSET", entry.table, (entry.name, entry.target)


def _chunks(head: list[Any], words: list[Any]) -> Iterator[list[Any]]:
    """WORDS is even: pairs stay together."""
    for start in range(0, len(words), WORDS):
        yield head + words[start : start + WORDS]


def check(answer: bytes, role: Role) -> None:
    match answer:
        case b"done":
            return
        case b"fenced":
            raise Fenced(f"another {role} has taken over these models in Redis")
        case b"emptied":
            raise Emptied("Redis has lost everything")
        case b"swapped":
            raise Swapped("other generations are live")
        case b"moved":
            raise Moved("the position in Redis is not the one that was written last")
    raise AssertionError(answer)
