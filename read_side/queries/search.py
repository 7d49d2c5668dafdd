"""Searches and filters over products, from Elasticsearch. Every answer is one round trip."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec
from elasticsearch import AsyncElasticsearch, TransportError

from read_side.documents.product import Product
from read_side.documents.search import CEILING, SearchLayout
from read_side.elasticsearch import FRESH, Freshness
from read_side.errors import SearchUnavailable, TooDeep
from read_side.positions import Positions
from read_side.queries import facets as counting
from read_side.queries import filters
from read_side.queries.catalogue import Catalogue
from read_side.queries.facets import PRICE_EDGES, Facets
from read_side.queries.filters import Clause, Match, ProductFilter
from read_side.queries.ordering import Sort, order, read_cursor, reverse, write_cursor
from read_side.queries.page import Stretch, offset_of
from read_side.queries.search_cache import SearchCache

log = logging.getLogger(__name__)

_JSON: Final = {
    "accept": "application/json",
    "content-type": "application/json",
    "accept-encoding": "identity",  # packing and unpacking takes longer than the way between two servers
}


_encode: Final = msgspec.json.Encoder().encode
_STRIDE: Final = 1000  # products per round trip when all are read: others are served in between


class Suggestion(msgspec.Struct, frozen=True):
    product_id: int
    name: str
    slug: str


class _Hit(msgspec.Struct, gc=False):
    source: msgspec.Raw = msgspec.field(name="_source")
    sort: list[Any] = []


class _Total(msgspec.Struct, gc=False):
    value: int


class _Hits(msgspec.Struct):
    hits: list[_Hit]
    total: _Total | None = None  # when it was asked for


class _Answer(msgspec.Struct):
    hits: _Hits
    aggregations: dict[str, Any] = {}


_answer = msgspec.json.Decoder(_Answer)
_product = msgspec.json.Decoder(Product)
_suggestion = msgspec.json.Decoder(Suggestion)


class Found(msgspec.Struct, frozen=True):
    """A page of products; `facets` when they were asked for."""

    items: list[Product]
    total: int
    facets: Facets | None = None


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
        self._index = (layout or SearchLayout()).alias("products")
        self._freshness = Freshness(client, positions, self._index)
        self._cache = SearchCache(positions)

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
            raise TooDeep(f"pages reach down to {CEILING} products; the plain list can be walked by cursors")
        body = {"from": offset, "size": size, "sort": order(sort, asked), "track_total_hits": True}
        answer = await self._either(asked, body, with_facets, price_edges)
        items = [_product.decode(hit.source) for hit in answer.hits.hits]
        counts = None
        if with_facets:
            tree = await self._catalogue.tree()
            counts = counting.read(asked, answer.aggregations, tree)
        total = answer.hits.total
        assert total is not None
        return Found(items, total.value, counts)

    async def facets(self, asked: ProductFilter, price_edges: Sequence[int] = PRICE_EDGES) -> Facets:
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
        parts = order(sort, asked)
        back, values = read_cursor(cursor, len(parts))
        # One more than is shown tells whether there is more.
        body: Clause = {"size": size + 1, "sort": reverse(parts) if back else parts}
        if values is not None:
            body["search_after"] = values
        hits = (await self._either(asked, body, False, ())).hits.hits
        more = len(hits) > size
        hits = hits[:size]
        if back:
            hits.reverse()
        if not hits:
            return Stretch([])
        at_start = not more if back else cursor is None
        at_end = False if back else not more
        return Stretch(
            [_product.decode(hit.source) for hit in hits],
            None if at_start else write_cursor(True, hits[0].sort),
            None if at_end else write_cursor(False, hits[-1].sort),
        )

    async def everything(self, asked: ProductFilter, ceiling: int) -> list[Product]:
        """All that match, newest first; of more than `ceiling` the newest."""
        found: list[Product] = []
        cursor: str | None = None
        while len(found) < ceiling:
            stretch = await self.walk(asked, cursor=cursor, size=min(_STRIDE, ceiling - len(found)))
            found += stretch.items
            cursor = stretch.after
            if cursor is None:
                break
        return found

    async def suggest(self, typed: str, size: int = 10) -> list[Suggestion]:
        """Products on sale whose names have a word beginning with each word typed so far."""
        words = {"query": typed[: filters.LONGEST], "operator": "and"}
        name = {"match": {"name.beginnings": words}}
        body = {
            "size": size,
            "query": {"bool": {"filter": [{"term": {"find.sold": True}}], "must": [name]}},
            "sort": order(Sort.RELEVANCE, ProductFilter(text=typed)),
            "collapse": {"field": "name.sort"},
            "_source": ["product_id", "name", "slug"],
        }
        answer = await self._ask(body)
        return [_suggestion.decode(hit.source) for hit in answer.hits.hits]

    async def wait(self, position: int, timeout: float = FRESH) -> None:
        """Returns when a search sees the log's `position`. Raises Behind."""
        await self._freshness.wait(position, timeout)

    async def _either(self, asked: ProductFilter, body: Clause, with_facets: bool, edges: Sequence[int]) -> _Answer:
        """The exact search, or where typos are forgiven and nothing matches, the forgiving one."""
        exact = Match.WORDS if asked.match is Match.FORGIVING else asked.match
        answer = await self._ask(await self._body(asked, exact, body, with_facets, edges))
        if asked.match is Match.FORGIVING and asked.searched and not answer.hits.hits:
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

    async def _ask(self, body: Clause) -> _Answer:
        query = _encode(body)
        asked, refreshed = self._cache.now, self._freshness.refreshed
        found = self._cache.get(query, refreshed)
        if found is None:
            found = await self._send(query)
            self._cache.put(query, found, asked, refreshed)
        return _answer.decode(found)

    async def _send(self, query: bytes) -> bytes:
        # A shard that is away must not look like products that are not there. The transport beneath the
        # client: what the client adds to it, a search of two milliseconds feels.
        path = f"/{self._index}/_search?allow_partial_search_results=false"
        try:
            meta, found = await self._client.transport.perform_request("POST", path, headers=_JSON, body=query)
        except TransportError as error:
            raise SearchUnavailable("Elasticsearch does not answer") from error
        if meta.status != HTTPStatus.OK:
            log.error("Elasticsearch refuses a search: %r", found)
            raise SearchUnavailable("Elasticsearch refuses to answer")
        answer: bytes = found
        return answer
