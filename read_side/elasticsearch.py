"""The connection to Elasticsearch, and when a search sees what."""

import asyncio
from typing import Final

from elasticsearch import ApiError, AsyncElasticsearch, JsonSerializer, TransportError

from read_side.errors import Behind, SearchUnavailable
from read_side.positions import Positions

TIMEOUT: Final = 10.0  # seconds for an answer
FRESH: Final = 1.0  # seconds in which a position becomes searchable


class _Bytes(JsonSerializer):
    """Bodies stay as they are: who asks knows what they are made of, and makes just that of them."""

    def dumps(self, data: bytes) -> bytes:
        return data

    def loads(self, data: bytes) -> bytes:
        return data


def connect(url: str) -> AsyncElasticsearch:
    """A client that does not wait for a node that is away: the caller answers 503 at once."""
    return AsyncElasticsearch(
        url,
        serializers={"application/json": _Bytes()},  # the client's own methods have a media type of their own
        request_timeout=TIMEOUT,
        meta_header=False,
        max_retries=0,
        retry_on_timeout=False,
    )


class Freshness:
    """Waits until an index shows the log up to a position: stored is not yet searchable."""

    def __init__(self, client: AsyncElasticsearch, positions: Positions, index: str) -> None:
        self._client = client
        self._positions = positions
        self._index = index
        self.refreshed = 0  # the highest position that every search is known to see
        self._refreshing: asyncio.Task[None] | None = None

    async def wait(self, position: int, timeout: float = FRESH) -> None:
        """Returns when a search sees the log's `position`. Of many who wait, one refreshes for all.
        Raises Behind."""
        if self.refreshed >= position:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._positions.search.reach(position, timeout)
                while self.refreshed < position:
                    if self._refreshing is None:
                        self._refreshing = asyncio.create_task(self._refresh())
                    await asyncio.shield(self._refreshing)
        except TimeoutError as error:
            raise Behind(f"position {position} is not searchable yet") from error

    async def _refresh(self) -> None:
        stored = self._positions.search.position  # as it was before the refresh began
        try:
            await self._client.indices.refresh(index=self._index)
            self.refreshed = max(self.refreshed, stored)
        except (ApiError, TransportError) as error:
            raise SearchUnavailable("Elasticsearch does not answer") from error
        finally:
            self._refreshing = None
