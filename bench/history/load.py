"""Load on the API while something else is measured: clients that ask, and some that move stock, which both stores'
models follow."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from bench.history.probes import Client
from bench.history.processes import Product
from bench.load import Load, drive, request
from bench.measure import percentile

CLIENTS, RATE = 16, 150.0  # requests a second, all clients together
PIECE = 2.0  # seconds of one drive; the load ends with the piece in which it is told to


@dataclass(slots=True)
class Answers:
    """Milliseconds of each."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    @property
    def p95(self) -> float:
        return percentile(self.took, 0.95)


def for_a_while(product: Product, seconds: float) -> Answers:
    """Nothing but the load."""
    answers = Answers()
    _drive(_load(product, seconds), answers)
    return answers


@contextmanager
def beside(product: Product) -> Iterator[Answers]:
    """For as long as the block lasts."""
    answers, stop, load = Answers(), threading.Event(), _load(product, PIECE)

    def work() -> None:
        while not stop.is_set():
            _drive(load, answers)

    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(work)
        try:
            yield answers
        finally:
            stop.set()
        working.result()


def _drive(load: Load, answers: Answers) -> None:
    drove = drive(load)
    answers.took += [1000 * took for _, _, took in drove.answers]
    answers.seconds += drove.seconds


def _load(product: Product, seconds: float) -> Load:
    admin = Client(product.port)
    best = admin.query("best-sellers", by="units", size=50)["items"]
    token = admin.token
    admin.close()
    asking = [request(f"/queries/product/{each['product_id']}", token=token) for each in best]
    asking += [
        request(path, token=token)
        for path in ("/queries/orders?scope=all", "/queries/search?q=heart", "/queries/sales")
    ]
    moves = [{"sku": each["sku"], "by": 1, "reason": "counted"} for each in best]
    moving = [request("/commands/adjust-stock", msgspec.json.encode(move), token) for move in moves]
    clients = [moving if number % 4 == 0 else asking for number in range(CLIENTS)]
    return Load(product.port, clients, seconds, RATE)
