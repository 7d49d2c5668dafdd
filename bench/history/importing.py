"""Runs `storefold import-orders`, up to a day of business time or to its end, and watches it."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from bench.history.file import History
from bench.history.probes import Client
from bench.history.processes import Memory, Product, memory
from bench.measure import percentile

LOOK = 0.25  # seconds between looks at how far it is
SOURCE, CURRENCY = "history", "GBP"


class Imported(msgspec.Struct, frozen=True):
    """`seconds` of the whole command, with its first pass; `peak`: its memory; `answered`, `p95`: the API meanwhile, in
    milliseconds; `report`: the command's own."""

    seconds: float
    peak: int
    answered: int
    p95: float
    report: dict[str, Any]

    @property
    def events(self) -> int:
        return int(self.report["events"])


def import_until(product: Product, history: History, day: str | None, folder: Path) -> Imported:
    """Stops it as Ctrl-C does once `day` is in the read models; None: lets it end. Raises RuntimeError for an import
    that fails, and for any query that does meanwhile."""
    report, said = folder / "report.json", folder / "import.log"
    report.unlink(missing_ok=True)
    command = (
        sys.executable, "-m", "storefold", "import-orders", str(history.path), "--source", SOURCE,
        "--currency", CURRENCY, "--report", str(report),
    )  # fmt: skip
    began = time.monotonic()
    most = Memory(0, 0)
    with said.open("w") as log, _asking(product) as took:
        popen = subprocess.Popen(command, env=product.environment, stdout=log, stderr=log)
        client = Client(product.port)
        try:
            while popen.poll() is None:
                with suppress(OSError, KeyError):  # it has just ended
                    most = memory(popen.pid)
                if day is not None and _reached(client, day):
                    popen.send_signal(signal.SIGINT)
                    popen.wait()
                    break
                time.sleep(LOOK)
        finally:
            client.close()
            if popen.poll() is None:
                popen.kill()
                popen.wait()
    seconds = time.monotonic() - began
    if popen.returncode not in ((0, 130) if day is not None else (0,)):
        raise RuntimeError(f"the import ended with {popen.returncode}:\n{said.read_text()}")
    return Imported(seconds, most.peak, len(took), percentile(took, 0.95), json.loads(report.read_text()))


def _reached(client: Client, day: str) -> bool:
    return bool(client.query("sales", **{"from": day, "size": 1, "currency": CURRENCY})["total"])


@contextmanager
def _asking(product: Product) -> Iterator[list[float]]:
    """Milliseconds of each answer: a product and a search in turns, for as long as it lasts."""
    took: list[float] = []
    stop = threading.Event()

    def ask() -> None:
        client = Client(product.port)
        paths = (("products", {"size": 20}), ("search", {"q": "heart"}), ("sales", {"by": "month"}))
        while not stop.is_set():
            for path, asked in paths:
                began = time.perf_counter()
                client.query(path, **asked)
                took.append(1000 * (time.perf_counter() - began))
            stop.wait(LOOK)
        client.close()

    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask)
        try:
            yield took
        finally:
            stop.set()
        asking.result()
