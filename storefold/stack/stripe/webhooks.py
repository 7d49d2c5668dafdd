"""Delivers webhooks, out of the way of API answers.

In: the outbox. Out: signed POSTs, tried again with a growing pause until a 2xx answer or
three days, as Stripe does in live mode; what a crash interrupts is sent again at the next
start. A test can hold them back, and send any event again, many times and in any order.
"""

import asyncio
import json
import logging
import random
from typing import Any

import aiohttp

from storefold.stack.stripe.database import Database
from storefold.stack.stripe.outbox import Delivery, Endpoint, Outbox
from storefold.stack.stripe.signing import signature
from storefold.stack.stripe.upstream import resources

log = logging.getLogger(__name__)

_AT_ONCE = 8  # deliveries in flight
_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE = 0.2, 3.0, 3600.0  # seconds
_ATTEMPTS = 80  # the pauses then add up to about three days
_TIMEOUT = aiohttp.ClientTimeout(total=20)


class Webhooks:
    """The deliverer; `start` and `stop` belong to the server's life."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox
        self._ready: asyncio.Queue[Delivery] = asyncio.Queue()
        self._open = asyncio.Event()
        self._open.set()
        self._workers: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    @property
    def paused(self) -> bool:
        """Whether deliveries are held back."""
        return not self._open.is_set()

    async def start(self) -> None:
        """Send again what the last process left, then wait for more."""
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        for delivery in self._outbox.pending():
            self._ready.put_nowait(delivery)
        self._workers = [asyncio.create_task(self._deliver_forever()) for _ in range(_AT_ONCE)]

    async def stop(self) -> None:
        """Leave what is undelivered to the next start."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def announce(self, event: Any) -> None:
        """Queue an event; localstripe calls this inside an endpoint."""
        added = self._outbox.add(event)
        # After the request's own commit: nobody may hear of what could still be lost.
        # Localstripe's delayed payments have no request, so the commit is made sure of.
        asyncio.get_running_loop().call_soon(self._release, added)

    def pause(self) -> None:
        """Hold deliveries back from now on."""
        self._open.clear()

    def resume(self) -> None:
        """Let them go."""
        self._open.set()

    async def redeliver(self, events: list[str], *, times: int, shuffle: bool, parallel: bool) -> list[dict[str, Any]]:
        """Send events again, now, paused or not; what each endpoint answered."""
        copies = [
            Delivery(event, endpoint.id)
            for event in events
            for endpoint in self._outbox.endpoints.values()
            for _ in range(times)
            if endpoint.wants(_event(event).type)
        ]
        if shuffle:
            random.shuffle(copies)
        if parallel:
            statuses = await asyncio.gather(*map(self._send, copies))
        else:
            statuses = [await self._send(copy) for copy in copies]
        for copy, status in zip(copies, statuses, strict=True):
            if status is not None and 200 <= status < 300:
                self._delivered(copy, status)
        self._database.commit()
        return [
            {"event": copy.event, "endpoint": copy.endpoint, "status": status}
            for copy, status in zip(copies, statuses, strict=True)
        ]

    def _release(self, deliveries: list[Delivery]) -> None:
        self._database.commit()
        for delivery in deliveries:
            self._ready.put_nowait(delivery)

    async def _deliver_forever(self) -> None:
        while True:
            delivery = await self._ready.get()
            await self._open.wait()
            if not self._is_pending(delivery):
                continue
            try:
                await self._attempt(delivery)
            except Exception:
                # One delivery that cannot be made must not end the worker.
                log.exception("delivery of %s", delivery.event)

    def _is_pending(self, delivery: Delivery) -> bool:
        known = self._outbox.deliveries.get((delivery.event, delivery.endpoint))
        return known is delivery and delivery.state == "pending"

    async def _attempt(self, delivery: Delivery) -> None:
        status = await self._send(delivery)
        if not self._is_pending(delivery):
            return
        delivery.attempts += 1
        delivery.last_status = status
        if status is not None and 200 <= status < 300:
            self._delivered(delivery, status)
        elif delivery.attempts >= _ATTEMPTS:
            delivery.state = "abandoned"
            self._outbox.save(delivery)
        else:
            self._outbox.save(delivery)
            pause = min(_FIRST_PAUSE * _GROWTH ** (delivery.attempts - 1), _LONGEST_PAUSE)
            asyncio.get_running_loop().call_later(pause, self._ready.put_nowait, delivery)
        self._database.commit()

    def _delivered(self, sent: Delivery, status: int) -> None:
        known = self._outbox.deliveries.get((sent.event, sent.endpoint))
        if known is None:  # sent by hand to an endpoint that came after the event
            return
        if known.state != "delivered":
            _event(sent.event).pending_webhooks -= 1
        known.state = "delivered"
        known.last_status = status
        self._outbox.save(known)

    async def _send(self, delivery: Delivery) -> int | None:
        endpoint = self._outbox.endpoints.get(delivery.endpoint)
        if self._session is None or endpoint is None:
            return None
        body = json.dumps(_event(delivery.event)._export(), indent=2).encode()
        try:
            async with self._session.post(
                endpoint.url,
                data=body,
                headers=_headers(endpoint, body),
                allow_redirects=False,  # to Stripe a redirect is a failure
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return None


def _event(event_id: str) -> Any:
    return resources.Event._api_retrieve(event_id)


def _headers(endpoint: Endpoint, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(endpoint.secret, body),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
