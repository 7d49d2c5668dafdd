"""The control surface for tests, under `/_`.

In: JSON. Out: JSON. No key is asked: the server listens on loopback only.

    GET    /_health
    GET    /_calls?path=...        DELETE /_calls
    GET    /_faults                POST /_faults        DELETE /_faults
    GET    /_webhooks              POST /_webhooks/pause | resume | redeliver
    POST   /_config/webhooks[/id]  DELETE /_config/webhooks/id
    DELETE /_config/data           every object, key, call and delivery
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from storefold.stack.stripe.calls import Calls
from storefold.stack.stripe.database import Database
from storefold.stack.stripe.errors import StripeError
from storefold.stack.stripe.faults import Fault, Faults
from storefold.stack.stripe.idempotency import IdempotencyKeys
from storefold.stack.stripe.outbox import Endpoint, Outbox
from storefold.stack.stripe.store import ObjectStore
from storefold.stack.stripe.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Controls:
    """The handlers and what they steer."""

    database: Database
    store: ObjectStore
    keys: IdempotencyKeys
    calls: Calls
    faults: Faults
    outbox: Outbox
    webhooks: Webhooks

    def table(self) -> list[web.RouteDef]:
        """The routes of this surface."""
        return [
            web.get("/_health", self.health),
            web.get("/_calls", self.seen),
            web.delete("/_calls", self.forget_calls),
            web.get("/_faults", self.show_faults),
            web.post("/_faults", self.order_faults),
            web.delete("/_faults", self.clear_faults),
            web.get("/_webhooks", self.show_webhooks),
            web.post("/_webhooks/pause", self.pause),
            web.post("/_webhooks/resume", self.resume),
            web.post("/_webhooks/redeliver", self.redeliver),
            web.post("/_config/webhooks", self.subscribe),
            web.post("/_config/webhooks/{id}", self.subscribe),
            web.delete("/_config/webhooks/{id}", self.unsubscribe),
            web.delete("/_config/data", self.forget_everything),
        ]

    async def health(self, _: web.Request) -> web.Response:
        """Listening, and everything loaded."""
        return web.json_response({"status": "ok"})

    async def seen(self, request: web.Request) -> web.Response:
        """The calls whose fields equal the query's."""
        return web.json_response({"calls": self.calls.matching(dict(request.query))})

    async def forget_calls(self, _: web.Request) -> web.Response:
        """Empty the log of calls."""
        self.calls.forget_all()
        self.database.commit()
        return web.json_response({"calls": []})

    async def show_faults(self, _: web.Request) -> web.Response:
        """The ordered faults and how often each was used."""
        listed = [msgspec.to_builtins(fault) for fault in self.faults.ordered]
        return web.json_response({"faults": listed})

    async def order_faults(self, request: web.Request) -> web.Response:
        """Add one fault, or a list of them."""
        order = await _json(request)
        orders = order if isinstance(order, list) else [order]
        self.faults.ordered.extend([Fault.ordered(one) for one in orders])
        return await self.show_faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Behave again."""
        self.faults.ordered.clear()
        return await self.show_faults(request)

    async def show_webhooks(self, _: web.Request) -> web.Response:
        """Endpoints, and every delivery with its state."""
        return web.json_response(
            {
                "paused": self.webhooks.paused,
                "endpoints": [
                    {"id": one.id, "url": one.url, "events": one.events} for one in self.outbox.endpoints.values()
                ],
                "deliveries": [
                    dataclasses.asdict(one) | {"type": self.store[f"event:{one.event}"].type}
                    for one in self.outbox.deliveries.values()
                ],
            }
        )

    async def pause(self, request: web.Request) -> web.Response:
        """Hold deliveries back."""
        self.webhooks.pause()
        return await self.show_webhooks(request)

    async def resume(self, request: web.Request) -> web.Response:
        """Deliver what was held back."""
        self.webhooks.resume()
        return await self.show_webhooks(request)

    async def redeliver(self, request: web.Request) -> web.Response:
        """Send `event` (an id, a list of ids, or "all") again; each answer's status."""
        order = await _json(request)
        event = order.get("event", "all")
        if event == "all":
            events = [one.id for one in self.store.of_kind("event")]
        else:
            events = event if isinstance(event, list) else [event]
        sent = await self.webhooks.redeliver(
            events,
            times=int(order.get("times", 1)),
            shuffle=bool(order.get("shuffle")),
            parallel=bool(order.get("parallel")),
        )
        return web.json_response({"sent": sent})

    async def subscribe(self, request: web.Request) -> web.Response:
        """Set the endpoint of an id (`default` when none is named)."""
        order = await _json(request)
        url, secret = order.get("url"), order.get("secret")
        events = order.get("events")
        if not (isinstance(url, str) and url.startswith("http") and secret):
            raise StripeError(400, "A webhook endpoint needs a url and a secret.")
        if events is not None and not isinstance(events, list):
            raise StripeError(400, "events is a list of event types.")
        endpoint_id = request.match_info.get("id", "default")
        self.outbox.subscribe(Endpoint(endpoint_id, url, str(secret), events))
        self.database.commit()
        return web.json_response({"id": endpoint_id})

    async def unsubscribe(self, request: web.Request) -> web.Response:
        """Forget an endpoint."""
        self.outbox.unsubscribe(request.match_info["id"])
        self.database.commit()
        return web.json_response({})

    async def forget_everything(self, _: web.Request) -> web.Response:
        """An empty account; endpoints and faults stay."""
        self.store.clear()
        self.keys.forget_all()
        self.calls.forget_all()
        self.outbox.forget_all()
        self.database.commit()
        return web.json_response({})


async def _json(request: web.Request) -> Any:
    """JSON, or the form fields that localstripe's own control call takes."""
    text = await request.text()
    try:
        return json.loads(text) if text else {}
    except json.JSONDecodeError as error:
        form = await request.post()
        if not form:
            raise StripeError(400, "The body is not JSON.") from error
        fields: dict[str, Any] = dict(form)
        if "events[]" in form:
            fields["events"] = form.getall("events[]")
        return fields
