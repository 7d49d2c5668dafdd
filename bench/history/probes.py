"""What a command and a query cost: one client, one connection, one request after the other."""

import http.client
import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from bench.measure import percentile
from storefold.demo.accounts import ADMIN, BUYER, DEMO_PASSWORD

TIMES = 150  # of each command and query
WARM = 20
IDLE = 2.0  # seconds after which the server may have closed a connection


class Cost(msgspec.Struct, frozen=True):
    """In milliseconds. `cpu`: of the API's process for one request, which a busy machine does not falsify."""

    name: str
    median: float
    p95: float
    cpu: float


class Client:
    """Speaks to the product as an administrator. Raises RuntimeError for any answer but 200."""

    def __init__(self, port: int, email: str = ADMIN.email) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._used = 0.0
        form = urlencode({"username": email, "password": DEMO_PASSWORD})
        kind = {"content-type": "application/x-www-form-urlencoded"}
        self.token = str(self._ask("POST", "/auth/token", form, kind)["access_token"])
        self._headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}

    def query(self, path: str, **asked: Any) -> Any:
        return self._ask("GET", f"/queries/{path}?{urlencode(asked)}", None, self._headers)

    def command(self, name: str, **fields: Any) -> Any:
        return self._ask("POST", f"/commands/{name}", msgspec.json.encode(fields), self._headers)

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> Any:
        if time.monotonic() - self._used > IDLE:
            self._http.close()  # it is opened again by the next request
        self._http.request(method, path, body, headers)
        answer = self._http.getresponse()
        content = answer.read()
        self._used = time.monotonic()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:500]!r}")
        return msgspec.json.decode(content)


class Probes:
    """The same questions and commands each time, about the things that have the most history: what sells best, who buys
    most. Commands change as little as they can."""

    def __init__(self, port: int, cpu: Callable[[], float]) -> None:
        """`cpu`: the seconds that what answers at the port has used so far."""
        self._admin, self._buyer = Client(port), Client(port, BUYER.email)
        self._cpu = cpu
        self._numbers = itertools.count(1)
        self._source = f"bench-{secrets.token_hex(4)}"

    def costs(self) -> list[Cost]:
        return [self._cost(name, ask) for name, ask in {**self._queries(), **self._commands()}.items()]

    def _queries(self) -> dict[str, Callable[[], object]]:
        query = self._admin.query
        best = query("best-sellers", by="units", size=1)["items"][0]
        customer = query("customers", by="orders", size=1)["items"][0]
        order = query("orders", scope="all", size=1)["items"][0]
        sku = quote(best["sku"], safe="")
        return {
            "query product": lambda: query(f"product/{best['product_id']}"),
            "query search": lambda: query("search", q="heart", facets=True),
            "query order": lambda: query(f"order/{order['order_id']}"),
            "query orders": lambda: query("orders", scope="all"),
            "query account": lambda: query(f"account/{customer['person_id']}"),
            "query stock": lambda: query(f"stock/{sku}"),
            "query sales by day": lambda: query("sales", size=30),
            "query best-sellers": lambda: query("best-sellers"),
            "query customers": lambda: query("customers"),
            "query returns-rate": lambda: query("returns-rate"),
            "query stock-movements": lambda: query(f"stock-movements/{sku}"),
        }

    def _commands(self) -> dict[str, Callable[[], object]]:
        best = self._admin.query("best-sellers", by="units", size=1)["items"][0]
        sku, product_id = best["sku"], best["product_id"]
        line = {"sku": sku, "quantity": 1, "unit_price": "0.00"}
        self._admin.command("adjust-stock", sku=sku, by=3 * (TIMES + WARM), reason="enough for this")
        self._buyer.command("clear-cart")

        def record() -> object:
            return self._admin.command(
                "record-past-order",
                source=self._source,
                number=str(next(self._numbers)),
                placed_at="2010-01-01T00:00:00Z",
                currency="XTS",
                lines=[line],
            )

        return {
            "command adjust-stock": lambda: self._admin.command("adjust-stock", sku=sku, by=1, reason="counted"),
            "command add-to-cart": lambda: self._buyer.command("add-to-cart", product_id=product_id, quantity=1),
            "command record-past-order": record,
        }

    def _cost(self, name: str, ask: Callable[[], object]) -> Cost:
        for _ in range(WARM):
            ask()
        before = self._cpu()
        took = [1000 * each for each in _timed(ask)]
        cpu = 1000 * (self._cpu() - before) / TIMES
        return Cost(name, percentile(took, 0.5), percentile(took, 0.95), cpu)

    def close(self) -> None:
        self._admin.close()
        self._buyer.close()


def _timed(ask: Callable[[], object]) -> Iterator[float]:
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        yield time.perf_counter() - began
