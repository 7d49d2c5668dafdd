"""A stand-in and a webhook receiver of a test's own.

In: a home folder. Out: a real process on a free port that can be killed and started again,
and an HTTP server on a thread that keeps what Stripe sends and answers as told.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx
import stripe

from storefold.stack.stripe import control


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def plain(thing: object) -> dict[str, Any]:
    """An SDK object as a dict, which it is not since version 16."""
    found: dict[str, Any] = json.loads(str(thing))
    return found


def new_intent(client: stripe.StripeClient, **more: object) -> stripe.PaymentIntent:
    """An intent over 20.00 USD."""
    return client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", **more}  # type: ignore[typeddict-item]
    )


@dataclass(slots=True)
class Standin:
    """One stand-in process; a context manager that ends it."""

    home: Path
    arguments: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, timeout: float = 20.0) -> Self:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "storefold.stack.stripe"),
                *("--port", str(self.port), "--home", str(self.home)),
                *self.arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the stand-in did not start: {self.end('kill')!r}")
            time.sleep(0.02)
        return self

    def end(self, how: str = "terminate") -> tuple[int, bytes]:
        """`terminate` or `kill` it; its exit code and all that it printed."""
        process, self.process = self.process, None
        if process is None:
            return 0, b""
        (process.kill if how == "kill" else process.terminate)()
        out, err = process.communicate(timeout=20)
        return process.returncode, out + err

    def client(self, retries: int = 0) -> stripe.StripeClient:
        """The official SDK, pointed here."""
        return stripe.StripeClient(
            control.KEY,
            base_addresses={"api": self.url},
            max_network_retries=retries,
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.end("kill")

    def _answers(self) -> bool:
        try:
            return control.send("GET", f"{self.url}/_health").is_success
        except httpx.TransportError:
            return False


@dataclass(frozen=True, slots=True)
class Received:
    """One webhook as it came in."""

    body: bytes
    signature: str
    status: int  # what it was answered

    def event(self, secret: str) -> stripe.Event:
        """Verified by the official SDK."""
        event: stripe.Event = stripe.Webhook.construct_event(self.body, self.signature, secret)
        return event


class Receiver:
    """An endpoint for webhooks; answers 200 unless `answers` holds other statuses."""

    def __init__(self, delay: float = 0.0) -> None:
        self.received: list[Received] = []
        self.answers: deque[int] = deque()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                time.sleep(delay)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.popleft() if receiver.answers else 200
                header = self.headers["Stripe-Signature"]
                receiver.received.append(Received(body, header, status))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def wait_for(self, good: Callable[[list[Received]], bool], timeout: float = 10.0) -> list[Received]:
        """What was received once `good` holds of it."""
        deadline = time.monotonic() + timeout
        while not good(self.received):
            if time.monotonic() > deadline:
                raise TimeoutError(f"received only {len(self.received)} webhooks")
            time.sleep(0.01)
        return list(self.received)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
