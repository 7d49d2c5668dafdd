"""Searches and filters over products, from Elasticsearch. Every answer is one round trip."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec
from elasticsearch import ApiError, AsyncElasticsearch, JsonSerializer, TransportError

from read_side.documents.product import Product
from read_side.documents.search import CEILING, SearchLayout
from read_side.errors import Behind, SearchUnavailable, TooDeep, UnknownCursor
from read_side.positions import Positions
from read_side.queries import facets as counting
from read_side.queries import filters
from read_side.queries.catalogue import Catalogue
from read_side.queries.facets import PRICE_EDGES, Facets
from read_side.queries.filters import Clause, Match, ProductFilter
from read_side.queries.page import Stretch, offset_of

TIMEOUT: Final = 10.0  # seconds for an answer
FRESH: Final = 1.0  # seconds in which a position becomes searchable


class Sort(StrEnum):
    """`created_at` is the order of the log. Equal ones are ordered by id, so that pages neither
    repeat nor skip."""

    RELEVANCE = "relevance"
    PRICE = "price"
    PRICE_DOWN = "-price"
    CREATED = "created_at"
    CREATED_DOWN = "-created_at"
    NAME = "name"
    NAME_DOWN = "-name"


_FIELDS = {"price": "find.price", "created_at": "created", "name": "name.sort"}


class Suggestion(msgspec.Struct, frozen=True):
    product_id: int
    name: str
    slug: str


class Found(msgspec.Struct, frozen=True):
    """A page of products; `facets` when they were asked for."""

    items: list[Product]
    total: int
    facets: Facets | None = None


class _Serializer(JsonSerializer):
    """The client's own parser is a third as fast."""

    def loads(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


def connect(url: str) -> AsyncElasticsearch:
    """A client that does not wait for a node that is away: the caller answers 503 at once."""
    return AsyncElasticsearch(
        url,
        serializers={"application/json": _Serializer()},
        request_timeout=TIMEOUT,
        max_retries=0,
        retry_on_timeout=False,
    )


class Search:
    """Raises SearchUnavailable while Elasticsearch is away."""

    def __init__(
        self,
        client: AsyncElasticsearch,
        catalogue: Catalogue,
        positions: Positions,
        layout: SearchLayout | None = None,
    ) -> None:
        self._client = client
        self._catalogue = catalogue
        self._positions = positions
        self._index = (layout or SearchLayout()).alias("products")
        self._refreshed = 0
        self._refreshing: asyncio.Task[None] | None = None

    async def products(
        self,
        asked: ProductFilter,
        *,
        sort: Sort = Sort.RELEVANCE,
        page: int = 1,
        size: int = 20,
        with_facets: bool = False,
        price_edges: Sequence[int] = PRICE_EDGES,
    ) -> Found:
        """Products that match, by page. Without a text, relevance means newest first. Raises
        TooDeep for a page that ends past CEILING."""
        offset = offset_of(page, size)
        if offset + size > CEILING:
            raise TooDeep(f"pages reach down to {CEILING} products; cursors reach all")
        body = {"from": offset, "size": size, "sort": _order(sort, asked), "track_total_hits": True}
        answer = await self._either(asked, body, with_facets, price_edges)
        hits = answer["hits"]
        items = [_product(hit) for hit in hits["hits"]]
        counts = None
        if with_facets:
            tree = await self._catalogue.tree()
            counts = counting.read(asked, answer["aggregations"], tree)
        return Found(items, hits["total"]["value"], counts)

    async def facets(
        self, asked: ProductFilter, price_edges: Sequence[int] = PRICE_EDGES
    ) -> Facets:
        """The counts alone."""
        found = await self.products(asked, size=0, with_facets=True, price_edges=price_edges)
        assert found.facets is not None
        return found.facets

    async def walk(
        self,
        asked: ProductFilter,
        *,
        sort: Sort = Sort.CREATED_DOWN,
        cursor: str | None = None,
        size: int = 20,
    ) -> Stretch[Product]:
        """Products that match, by cursors: no ceiling, and what is new shifts nothing. Raises
        UnknownCursor, also for a cursor of another order."""
        order = _order(sort, asked)
        back, values = _read_cursor(cursor, len(order))
        # One more than is shown tells whether there is more.
        body: Clause = {"size": size + 1, "sort": _reversed(order) if back else order}
        if values is not None:
            body["search_after"] = values
        hits = (await self._either(asked, body, False, ()))["hits"]["hits"]
        more = len(hits) > size
        hits = hits[:size]
        if back:
            hits.reverse()
        if not hits:
            return Stretch([])
        at_start = not more if back else cursor is None
        at_end = False if back else not more
        return Stretch(
            [_product(hit) for hit in hits],
            None if at_start else _write_cursor(True, hits[0]["sort"]),
            None if at_end else _write_cursor(False, hits[-1]["sort"]),
        )

    async def suggest(self, typed: str, size: int = 10) -> list[Suggestion]:
        """Products on sale whose names have a word beginning with each word typed so far."""
        words = {"query": typed[: filters.LONGEST], "operator": "and"}
        name = {"match": {"name.beginnings": words}}
        body = {
            "size": size,
            "query": {"bool": {"filter": [{"term": {"find.sold": True}}], "must": [name]}},
            "sort": _order(Sort.RELEVANCE, ProductFilter(text=typed)),
            "collapse": {"field": "name.sort"},
            "_source": ["product_id", "name", "slug"],
        }
        answer = await self._ask(body)
        return [msgspec.convert(hit["_source"], Suggestion) for hit in answer["hits"]["hits"]]

    async def wait(self, position: int, timeout: float = FRESH) -> None:
        """Returns when a search sees the log's `position`. Of many who wait, one refreshes for all.
        Raises Behind."""
        if self._refreshed >= position:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._positions.search.reach(position, timeout)
                while self._refreshed < position:
                    if self._refreshing is None:
                        self._refreshing = asyncio.create_task(self._refresh())
                    await asyncio.shield(self._refreshing)
        except TimeoutError as error:
            raise Behind(f"position {position} is not searchable yet") from error

    async def _refresh(self) -> None:
        stored = self._positions.search.position  # as it was before the refresh began
        try:
            await self._client.indices.refresh(index=self._index)
            self._refreshed = max(self._refreshed, stored)
        except (ApiError, TransportError) as error:
            raise SearchUnavailable(str(error)) from error
        finally:
            self._refreshing = None

    async def _either(
        self, asked: ProductFilter, body: Clause, with_facets: bool, edges: Sequence[int]
    ) -> dict[str, Any]:
        """The exact search, or where typos are forgiven and nothing matches, the forgiving one."""
        exact = Match.WORDS if asked.match is Match.FORGIVING else asked.match
        answer = await self._ask(await self._body(asked, exact, body, with_facets, edges))
        if asked.match is Match.FORGIVING and asked.text and not answer["hits"]["hits"]:
            forgiving = await self._body(asked, Match.FORGIVING, body, with_facets, edges)
            answer = await self._ask(forgiving)
        return answer

    async def _body(
        self,
        asked: ProductFilter,
        match: Match,
        body: Clause,
        with_facets: bool,
        edges: Sequence[int],
    ) -> Clause:
        chosen = filters.selections(asked, await self._categories(asked))
        query = filters.base(asked, match)
        if not with_facets:
            query["bool"]["filter"] += chosen.values()
            return body | {"query": query}
        return body | {
            "query": query,
            "post_filter": {"bool": {"filter": list(chosen.values())}},
            "aggs": counting.aggregations(asked, chosen, edges),
        }

    async def _categories(self, asked: ProductFilter) -> list[int] | None:
        if asked.category_ids is None or not asked.descendants:
            return None if asked.category_ids is None else list(asked.category_ids)
        tree = await self._catalogue.tree()
        found = {below for chosen in asked.category_ids for below in tree.descendants(chosen)}
        return sorted(found)

    async def _ask(self, body: Clause) -> dict[str, Any]:
        try:
            answer = await self._client.perform_request(
                "POST",
                f"/{self._index}/_search",
                headers={"accept": "application/json", "content-type": "application/json"},
                body=body,
            )
        except (ApiError, TransportError) as error:
            raise SearchUnavailable(f"Elasticsearch: {error}") from error
        found: dict[str, Any] = answer.body
        return found


def _order(sort: Sort, asked: ProductFilter) -> list[Clause]:
    if sort is Sort.RELEVANCE:
        if asked.text is not None:
            return [{"_score": "desc"}, {"product_id": "desc"}]
        sort = Sort.CREATED_DOWN
    direction = "desc" if sort.startswith("-") else "asc"
    return [{_FIELDS[sort.removeprefix("-")]: direction}, {"product_id": direction}]


def _reversed(order: list[Clause]) -> list[Clause]:
    turned = {"asc": "desc", "desc": "asc"}
    return [{field: turned[way] for field, way in part.items()} for part in order]


def _product(hit: dict[str, Any]) -> Product:
    return msgspec.convert(hit["_source"], Product, str_keys=True)


def _write_cursor(back: bool, values: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([back, *values])).decode().rstrip("=")


def _read_cursor(cursor: str | None, length: int) -> tuple[bool, list[Any] | None]:
    if cursor is None:
        return False, None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        back, *values = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[Any])
    except (ValueError, binascii.Error) as error:
        raise UnknownCursor(cursor) from error
    if not isinstance(back, bool) or len(values) != length:
        raise UnknownCursor(cursor)
    return back, values
