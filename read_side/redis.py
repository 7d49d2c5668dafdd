"""Reads documents from Redis, many requests in one round trip.

Whatever is asked for while a round trip is under way travels in the next one, on one connection: a
request costs a fraction of a command. Every round trip also reads the live pointer, so an answer is
never mixed from what was swapped or lost in between.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

import hiredis
import msgspec

from read_side.connection import Command, Connection, connect
from read_side.documents.layout import Layout, decode_live
from read_side.errors import NotBuilt, Unavailable

log = logging.getLogger(__name__)

TIMEOUT = 2.0  # seconds for a round trip
# Asking for the keys first and then for their documents would be two.
_PAGE = """local keys = redis.call(ARGV[1], KEYS[1], ARGV[2], ARGV[3])
local total = redis.call('ZCARD', KEYS[1])
if #keys == 0 then return {keys, total} end
return {redis.call('HMGET', KEYS[2], unpack(keys)), total}"""
Reply = asyncio.Future[Any]
Wanted = dict[str, list[tuple[Sequence[str], Reply]]]
Asked = list[tuple[str, str, str, tuple[str | int, ...], Reply]]
D = TypeVar("D")


class Documents:
    """The documents of the live generations. For one event loop; its methods raise Unavailable."""

    def __init__(self, url: str, layout: Layout | None = None) -> None:
        self.layout = layout or Layout()
        self.swaps = 0  # how often the pointer was seen to move, for those who keep documents
        self._url = url
        self._connection: Connection | None = None
        self._wanted: Wanted = defaultdict(list)
        self._asked: Asked = []
        self._task: asyncio.Task[None] | None = None
        self._pointer: bytes | None = None
        self._generations: dict[str, str] = {}

    async def get(self, model: str, keys: Sequence[str]) -> list[bytes | None]:
        """Stored documents, None where there is none."""
        if not keys:
            return []
        reply: Reply = asyncio.get_running_loop().create_future()
        self._wanted[model].append((keys, reply))
        self._start()
        found: list[bytes | None] = await reply
        return found

    async def one(self, model: str, key: str, decoder: msgspec.json.Decoder[D]) -> D | None:
        (found,) = await self.get(model, (key,))
        return decoder.decode(found) if found is not None else None

    async def many(self, model: str, keys: Sequence[str], decoder: msgspec.json.Decoder[D]) -> list[D]:
        """Those that exist, in the order of `keys`."""
        found = await self.get(model, keys)
        return [decoder.decode(document) for document in found if document is not None]

    async def page(
        self,
        model: str,
        index: str,
        offset: int,
        size: int,
        decoder: msgspec.json.Decoder[D],
        *,
        newest_first: bool = True,
    ) -> tuple[list[D], int]:
        """A slice of a list's documents, and the length of the whole list: one round trip, whatever
        the size. A page may have some thousands; surfaces allow far fewer."""
        verb = "ZREVRANGE" if newest_first else "ZRANGE"
        found, total = await self.ask(_PAGE, model, index, verb, offset, offset + size - 1)
        return [decoder.decode(document) for document in found if document is not None], total

    async def target(self, model: str, table: str, name: str) -> str | None:
        """What a unique name leads to."""
        found = await self.ask("HGET", model, table, name)
        return found.decode() if found is not None else None

    async def ask(self, verb: str, model: str, index: str, *words: str | int) -> Any:
        """A reading command about a list or table of a model."""
        reply: Reply = asyncio.get_running_loop().create_future()
        self._asked.append((verb, model, index, words, reply))
        self._start()
        return await reply

    async def close(self) -> None:
        if self._task is not None:
            await self._task
        if self._connection is not None:
            self._connection.close()

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self._wanted or self._asked:
            wanted, self._wanted = self._wanted, defaultdict(list)
            asked, self._asked = self._asked, []
            try:
                async with asyncio.timeout(TIMEOUT):
                    await self._round_trip(wanted, asked)
            except Exception as error:
                self._fail(wanted, asked, error)
        self._task = None

    async def _round_trip(self, wanted: Wanted, asked: Asked) -> None:
        for _ in range(3):
            pointer, *answers = await self._send(self._commands(wanted, asked))
            if pointer is not None and pointer == self._pointer:
                break
            # Those keys were made with another pointer: once more, with this one.
            self._point_to(pointer)
        else:
            raise NotBuilt("the read models are being swapped again and again")
        for (model, group), found in zip(wanted.items(), answers, strict=False):
            at = 0
            for keys, reply in group:
                part = found if isinstance(found, hiredis.ReplyError) else found[at : at + len(keys)]
                self._answer(reply, model, part)
                at += len(keys)
        for ask, answer in zip(asked, answers[len(wanted) :], strict=True):
            self._answer(ask[-1], ask[1], answer)

    def _answer(self, reply: Reply, model: str, found: Any) -> None:
        if reply.done():
            return
        if isinstance(found, hiredis.ReplyError):
            # Who asked for what cannot be asked for has no answer; the others of this round trip have theirs.
            reply.set_exception(_refused(found))
        elif model in self._generations:
            reply.set_result(found)
        else:
            # A model that is newer than this installation: its runner is making it.
            reply.set_exception(NotBuilt(f"the read model {model} is being built"))

    def _commands(self, wanted: Wanted, asked: Asked) -> list[Command]:
        commands: list[Command] = [("GET", self.layout.live)]
        for model, group in wanted.items():
            place = self.layout.model(self._generation(model))
            commands.append(("HMGET", place, *(key for keys, _ in group for key in keys)))
        for verb, model, index, words, _ in asked:
            generation = self._generation(model)
            place = self.layout.index(generation, index)
            if verb == _PAGE:
                commands.append(("EVAL", _PAGE, 2, place, self.layout.model(generation), *words))
            else:
                commands.append((verb, place, *words))
        return commands

    async def _send(self, commands: list[Command]) -> list[Any]:
        connection = self._connection
        if connection is None or not connection.open:
            connection = self._connection = await connect(self._url)
        answers = await connection.ask(commands)
        if isinstance(answers[0], hiredis.ReplyError):
            raise _refused(answers[0])
        return answers

    def _point_to(self, pointer: bytes | None) -> None:
        self._pointer = pointer
        self.swaps += 1
        if pointer is None:
            raise NotBuilt("Redis has no read models: they are being built")
        live = decode_live(pointer)
        self._generations = {model: f"{model}.{n}" for model, n in live.models.items()}

    def _generation(self, model: str) -> str:
        return self._generations.get(model, model)

    def _fail(self, wanted: Wanted, asked: Asked, error: Exception) -> None:
        if isinstance(error, TimeoutError):
            error = Unavailable("Redis does not answer in time")
            if self._connection is not None:
                self._connection.close()
        replies = [reply for group in wanted.values() for _, reply in group]
        for reply in [*replies, *(ask[-1] for ask in asked)]:
            if not reply.done():
                reply.set_exception(error)


def _refused(error: hiredis.ReplyError) -> Unavailable:
    log.error("Redis refuses: %s", error)
    return Unavailable("Redis refuses to answer")
