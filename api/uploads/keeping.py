"""Checks pictures, stores them under keys of ours, and takes them back when their command is refused.

What enters: a request's files. What leaves: keys for a command, the objects being stored already. A record is made by
the command alone; an object that a crash left without one is swept up (`storefold sweep-pictures`).
"""

import asyncio
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.storage import Storage
from api.uploads.content import Picture, UnfitPicture, examine
from write_side.media import CONTENT_TYPES, PRODUCTS, StorageAway, make_key
from write_side.messages import Actor
from write_side.refusals import Forbidden, IdempotencyKeyReused, OutcomeUnknown, Refusal, Unauthenticated

log = logging.getLogger(__name__)

AT_A_TIME = 2  # pictures that a process decodes: each may take 160 MB


class Kept(NamedTuple):
    """A stored picture. `size` in bytes."""

    key: str
    content_type: str
    size: int


class Uploads:
    """A process's uploads; `storage` None: pictures are switched off."""

    def __init__(self, storage: Storage | None, secret_key: str) -> None:
        self._storage = storage
        self._secret = secret_key.encode()
        self._places = asyncio.Semaphore(AT_A_TIME)

    @property
    def on(self) -> bool:
        return self._storage is not None

    @property
    def storage(self) -> Storage:
        """Raises StorageAway where pictures are switched off."""
        if self._storage is None:
            raise StorageAway("this shop keeps no pictures: its storage is switched off")
        return self._storage

    async def check(self, data: bytes, field: str | None = None) -> Picture:
        """Stores nothing. Raises UnfitPicture, which says why not, and in which of the client's fields."""
        try:
            async with self._places:
                return await run_in_threadpool(examine, data)
        except UnfitPicture as refusal:
            if field is not None:
                refusal.extra["field"] = field
            raise

    @asynccontextmanager
    async def kept(
        self, request: Request, actor: Actor, folder: str, pictures: Sequence[Picture]
    ) -> AsyncIterator[list[Kept]]:
        """Stores pictures for the command that is sent within; when that is refused, they are deleted again.

        `folder`: `write_side.media.PRODUCTS` or `PEOPLE`. Raises StorageAway, Unauthenticated, Forbidden.
        """
        stored: list[Kept] = []
        try:
            for number, picture in enumerate(pictures):
                key = self._key(request, actor, folder, number, picture)
                kind = CONTENT_TYPES[picture.extension]
                await run_in_threadpool(self.storage.put, key, picture.data, kind)
                stored.append(Kept(key, kind, len(picture.data)))
            yield stored
        except (OutcomeUnknown, IdempotencyKeyReused):
            raise  # the command may have been accepted, now or when the same key was first sent
        except Refusal:
            await self.forget(kept.key for kept in stored)
            raise

    async def forget(self, keys: Iterable[str]) -> None:
        """Deletes objects now whose records are gone. The effect of their removal does it again, and later should the
        storage be away: an address that was handed out should stop working with the answer already."""
        for key in keys:
            try:
                await run_in_threadpool(self.storage.delete, key)
            except StorageAway:
                log.warning("%s is left to the workers, or to the next sweep", key)
                return

    def presigned_url(self, key: str) -> str:
        """Opens without a token for an hour. Raises StorageAway."""
        return self.storage.presigned_url(key)

    def _key(self, request: Request, actor: Actor, folder: str, number: int, picture: Picture) -> str:
        if actor.person_id is None:
            raise Unauthenticated
        if folder == PRODUCTS and not actor.is_seller:
            raise Forbidden("only sellers and administrators have products")
        random = secrets.token_bytes(16)
        header = request.headers.get("idempotency-key")
        if header is not None:
            # A repeated request has to ask for the same command, so its pictures get the keys that they had. Nobody
            # guesses them: they depend on the content, and on a secret.
            about = f"{actor.person_id} {request.method} {request.url.path} {number} {header} ".encode()
            random = hmac.digest(self._secret, about + sha256(picture.data).digest(), "sha256")[:16]
        return make_key(folder, actor.person_id, random, picture.extension)
