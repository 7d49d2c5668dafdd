"""What the store's API costs where its clients feel it: the product's page and the cart beside a bare route of
the same server, a search beside the same query sent to Elasticsearch, AddToCart in a long cart beside a short one.
"""

import http.client
import time
from collections.abc import Callable
from itertools import cycle
from urllib.parse import urlsplit

import msgspec
import uvloop
from elasticsearch import TransportError

from api.tokens import Tokens
from bench.http import CLIENTS, HOUR, serving
from bench.load import Load, drive, request
from bench.measure import Result, Side, percentile, side_by_side
from bench.processes import projectors
from bench.shop import Shop, shop
from bench.world import World
from read_side.errors import SearchUnavailable
from read_side.open import ReadSide
from read_side.queries.filters import ProductFilter
from write_side.cart.commands import AddToCart
from write_side.identifiers import uuid_text

PRODUCTS = 400
LINES = 5  # in an ordinary cart
LONG = 200
SECONDS = 3.0
ROUNDS = 4
QUERIES = 300  # of one round, one after another
STORE = "/api/v1"
WORDS = ("tea", "travel mug", "work", "fits machine")


def run(world: World) -> list[Result]:
    with world.log() as settings, shop(settings, CLIENTS + 16, PRODUCTS) as made, projectors(world, settings):
        _fill_carts(made)
        with serving(world, made, "storefold", "api") as api, serving(world, made, "bench.bare") as bare:
            return [
                *_hot_reads(world, made, api, bare),
                _search(world, made, api, "that others ask for, too", prices=1),
                _search(world, made, api, "that nobody asked for before", prices=QUERIES * (ROUNDS + 2)),
                _long_cart(world, made, api),
            ]


def _fill_carts(made: Shop) -> None:
    """Everybody has a few lines; the last eight have many, the eight before them one."""
    for buyer in made.buyers[:CLIENTS]:
        _add(made, buyer.person_id or 0, made.products[:LINES])
    for buyer in made.buyers[CLIENTS : CLIENTS + 8]:
        _add(made, buyer.person_id or 0, made.products[:1])
    for buyer in made.buyers[CLIENTS + 8 :]:
        _add(made, buyer.person_id or 0, made.products[:LONG])


def _add(made: Shop, person: int, products: list[int]) -> None:
    buyer = next(buyer for buyer in made.buyers if buyer.person_id == person)
    made.all([(AddToCart(product_id=product), buyer) for product in products])


def _hot_reads(world: World, made: Shop, api: int, bare: int) -> list[Result]:
    slugs = [f"{STORE}/products/travel-mug-{number}/" for number in range(PRODUCTS)]
    pages = [[request(slug) for slug in slugs[number::CLIENTS]] for number in range(CLIENTS)]
    carts = [[request(f"{STORE}/cart/", token=token(made, person))] for person in made.people[:CLIENTS]]
    nothing = [[request("/bare")]] * CLIENTS
    base = Side("bare route", lambda: drive(Load(bare, nothing, SECONDS)).rate)
    results = []
    for name, requests in (("product's page", pages), ("cart", carts)):
        drive(Load(api, requests, 1.0))
        side = Side(name, lambda requests=requests: drive(Load(api, requests, SECONDS)).rate)  # type: ignore[misc]
        compared = side_by_side(side, base, ROUNDS, world.progress)
        results.append(compared.result(f"{name} over HTTP, {CLIENTS} clients, one server process", 0.6))
    return results


def _search(world: World, made: Shop, api: int, which: str, prices: int) -> Result:
    """One client, so that what is compared is the time of an answer and not how many fit beside each other. `prices`:
    how many bounds are asked for one after another; each is another search, with the same products."""
    asked = [(WORDS[number % len(WORDS)], 10_000 + number) for number in range(max(prices, len(WORDS)))]
    paths = [
        f"{STORE}/products/?search={word.replace(' ', '+')}&in_stock=true&max_price={price}" for word, price in asked
    ]
    path, bodies = uvloop.run(_bodies(made, asked))
    ours = _Caller(f"http://127.0.0.1:{api}", [("GET", path, None) for path in paths])
    direct = _Caller(made.settings.elasticsearch_url, [("POST", path, body) for body in bodies])
    for caller in (ours, direct):
        caller.median()
    sides = (
        Side("list of 20 from a search", lambda: 1 / ours.median()),
        Side("Elasticsearch directly", lambda: 1 / direct.median()),
    )
    compared = side_by_side(*sides, ROUNDS, world.progress)
    detail = f"ours {1000 / compared.rate:.1f} ms, directly {1000 / percentile(compared.base_rates, 0.5):.1f} ms"
    return Result(
        f"latency of a product list {which}, against its query alone", 1 / compared.ratio, "×", 1.3, detail, True
    )


async def _bodies(made: Shop, asked: list[tuple[str, int]]) -> tuple[str, list[bytes]]:
    """The queries that the list's search sends."""
    sent: list[tuple[str, bytes]] = []
    reads = await ReadSide.open(made.settings.redis_url, made.settings.elasticsearch_url)

    async def record(method: str, path: str, *, body: bytes, **_: object) -> object:
        sent.append((path, body))
        raise TransportError("recorded")

    reads.search._client.transport.perform_request = record  # type: ignore[method-assign,assignment]
    for word, price in asked:
        try:
            await reads.search.products(ProductFilter(text=word, in_stock=True, max_price=100 * price), size=20)
        except SearchUnavailable:
            continue
    await reads.close()
    return sent[0][0], [body for _, body in sent]


class _Caller:
    """A client with one connection, and requests that it sends round and round."""

    def __init__(self, url: str, requests: list[tuple[str, str, bytes | None]]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._requests = cycle(requests)

    def median(self) -> float:
        """Seconds of an answer."""
        return percentile([self._timed() for _ in range(QUERIES)], 0.5)

    def _timed(self) -> float:
        method, path, body = next(self._requests)
        began = time.perf_counter()
        self._connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        found = answer.read()
        took = time.perf_counter() - began
        if answer.status != 200 or b'"count":0' in found:
            raise RuntimeError(found[:1000].decode(errors="replace"))
        return took


def _long_cart(world: World, made: Shop, api: int) -> Result:
    body = msgspec.json.encode({"product_id": uuid_text("product", made.products[0]), "quantity": 1})

    def adding(people: list[int]) -> Callable[[], float]:
        clients = [[request(f"{STORE}/cart/items/", body, token(made, person))] for person in people]

        def p95() -> float:
            times = [took for _, _, took in drive(Load(api, clients, SECONDS)).answers]
            return 1 / percentile(times, 0.95)

        return p95

    short, long = made.people[CLIENTS : CLIENTS + 8], made.people[CLIENTS + 8 :]
    sides = Side(f"{LONG} lines", adding(long)), Side("one line", adding(short))
    for side in sides:
        side.run()
    compared = side_by_side(*sides, ROUNDS, world.progress)
    detail = (
        f"{LONG} lines {1000 / compared.rate:.1f} ms, one line {1000 / percentile(compared.base_rates, 0.5):.1f} ms"
    )
    return Result("p95 of adding to a long cart against a short one", 1 / compared.ratio, "×", 1.5, detail, True)


def token(made: Shop, person: int) -> str:
    secret = made.settings.secret_key.get_secret_value()
    return Tokens(secret).access(person, frozenset({"buyer"}), 0, HOUR)
