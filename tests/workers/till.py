"""What the workers' tests act with: orders and their payments, real processes, and patience."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.shop import Shop

from storefold.settings import Settings
from storefold.stack.stripe import control
from storefold.stack.stripe.testing import Standin
from workers import open_effects
from workers.open_effects import Open
from write_side.batch import Accepted
from write_side.codecs import decode
from write_side.messages import Actor, Event
from write_side.order.commands import CancelOrder
from write_side.order.state import ORDER, Order
from write_side.payment.commands import RequestPayment, RequestRefund
from write_side.payment.state import PAYMENT, Payment
from write_side.processes.effects import effect_of
from write_side.processes.stripe_news import command_for

PRICE = "20.00"
CENTS = 2000


def eventually(good: Callable[[], bool], what: str, timeout: float = 30.0) -> None:
    deadline = time.monotonic() + timeout
    while not good():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.02)


class Till:
    """Orders over 20.00, and what the log knows of them. `deliver` is what the webhook route does."""

    def __init__(self, shop: Shop, standin: Standin) -> None:
        self.shop = shop
        self.url = standin.url
        self.goods = shop.product(price=PRICE, stock=1000)
        self.buyer = shop.person()

    def order(self) -> int:
        return self.shop.order(self.buyer, self.goods)

    def request(self, order_id: int) -> Accepted:
        return self.shop.do(RequestPayment(order_id=order_id), self.buyer)

    def asked(self) -> tuple[int, Open]:
        """The first order of a test, whose buyer wants to pay, and what is to be done about it."""
        order_id = self.order()
        self.request(order_id)
        [wanted] = self.write_down()
        return order_id, wanted

    def cancel(self, order_id: int) -> None:
        self.shop.do(CancelOrder(order_id=order_id), self.buyer)

    def refund(self, order_id: int, amount: str) -> None:
        self.shop.do(RequestRefund.model_validate({"order_id": order_id, "amount": amount}))

    def confirm(self, order_id: int, method: str = "pm_card_visa") -> None:
        """The buyer pays in their browser."""
        intent_id = self.payment(order_id).intent_id
        assert intent_id is not None
        control.confirm(self.url, intent_id, method)

    def deliver(self, event: dict[str, Any]) -> Accepted | None:
        command = command_for(event)
        if command is None:
            return None
        return self.shop.do(command, Actor(service="webhook"))

    def news(self, *kinds: str) -> list[dict[str, Any]]:
        """Stripe's events of these kinds, oldest first."""
        answer = control.send("GET", f"{self.url}/v1/events?limit=100", headers=_AUTHORISED)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"][::-1]
        return [event for event in found if event["type"] in kinds]

    def payment(self, order_id: int) -> Payment:
        state = PAYMENT.initial
        for event in self.events(f"payment-{order_id}"):
            state = PAYMENT.evolve(state, event)
        return state

    def of(self, order_id: int) -> Order:
        state = ORDER.initial
        for event in self.events(f"order-{order_id}"):
            state = ORDER.evolve(state, event)
        return state

    def events(self, stream: str) -> list[Event]:
        stored = self.shop.write_side.log.select_events(stream)
        return [decode(event.topic, event.state)[0] for event in stored]

    def happened(self, order_id: int) -> list[str]:
        """The payment's history, by the names of its events."""
        return [type(event).__name__ for event in self.events(f"payment-{order_id}")]

    def opened(self) -> list[Open]:
        """Every effect that the log asks of Stripe, in order, as a dispatcher finds them."""
        rows, _ = self.shop.write_side.log.read(0, 1_000_000)
        found = []
        for position, _stream, _version, topic, state in rows:
            event, meta = decode(topic, state)
            effect = effect_of(event, position, meta)
            if effect is not None and not effect.kind.is_mail:
                found.append(Open(effect, position))
        return found

    def write_down(self) -> list[Open]:
        """The dispatcher's rows, and the effects in them."""
        opened = self.opened()
        with self.shop.write_side.log.connection() as conn:
            open_effects.add(conn, opened)
        return opened

    def open_rows(self) -> dict[str, float]:
        """In how many seconds each open effect that is Stripe's is due."""
        query = "SELECT id, extract(epoch FROM due - now()) FROM effects WHERE kind !~ '^(mail|alert)-'"
        with self.shop.write_side.log.connection() as conn:
            return {str(name): float(seconds) for name, seconds in conn.execute(query)}

    def make_due(self) -> None:
        """Lets time pass: everything that is open is overdue."""
        with self.shop.write_side.log.connection() as conn:
            conn.execute("UPDATE effects SET due = now() - interval '1 second'")

    def paid(self) -> int:
        """What Stripe holds of all charges, in cents: captured less given back."""
        answer = control.send("GET", f"{self.url}/v1/charges?limit=100", headers=_AUTHORISED)
        answer.raise_for_status()
        charges = [one for one in answer.json()["data"] if one["status"] == "succeeded"]
        return sum(one["amount_captured"] - one["amount_refunded"] for one in charges)

    def intents(self) -> list[dict[str, Any]]:
        answer = control.send("GET", f"{self.url}/v1/payment_intents?limit=100", headers=_AUTHORISED)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def calls(self, path: str = "/v1/payment_intents") -> list[dict[str, Any]]:
        return control.calls(self.url, path=path, method="POST")


_AUTHORISED = {"Authorization": f"Bearer {control.KEY}"}


class Processes:
    """Real dispatchers and workers over a test's databases, broker and Stripe."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "STOREFOLD_POSTGRES_DSN": settings.postgres_dsn,
            "STOREFOLD_KEYS_DSN": settings.keys_dsn,
            "STOREFOLD_BROKER_URL": settings.broker_url,
            "STOREFOLD_STRIPE_API_BASE": settings.stripe_api_base,
            "STOREFOLD_HOME": str(folder),
        }

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """`storefold COMMAND`, its output in a file of the test's folder."""
        with (self._folder / f"{command[0]}-{len(self._running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "storefold", *command],
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def run(self, *command: str) -> str:
        """Runs `storefold COMMAND` to its end; what it printed."""
        argv = [sys.executable, "-m", "storefold", *command]
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()

    def stop(self) -> None:
        """Ends all that run, in order if they can."""
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
