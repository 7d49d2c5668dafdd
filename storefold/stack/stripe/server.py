"""Wires the stand-in together.

In: a home folder and the first webhook endpoint. Out: an aiohttp application; its startup
starts the deliveries, its cleanup stops them and closes the home.
"""

from pathlib import Path

from aiohttp import web

from storefold.stack.stripe import assembly
from storefold.stack.stripe.calls import Calls
from storefold.stack.stripe.database import Database
from storefold.stack.stripe.errors import StripeError
from storefold.stack.stripe.faults import Faults
from storefold.stack.stripe.idempotency import IdempotencyKeys
from storefold.stack.stripe.outbox import Endpoint, Outbox
from storefold.stack.stripe.pipeline import Handler, Pipeline
from storefold.stack.stripe.routes import Controls
from storefold.stack.stripe.webhooks import Webhooks


def build(home: Path, endpoint: Endpoint | None) -> web.Application:
    """The application over the home's state."""
    database = Database(home / "stripe.sqlite3")
    store = assembly.open_store(database)
    keys, calls, faults = IdempotencyKeys(database), Calls(database), Faults()
    outbox = Outbox(database)
    if endpoint is not None:
        outbox.subscribe(endpoint)
    webhooks = Webhooks(database, outbox)
    upstream = assembly.routes(webhooks.announce)
    pipeline = Pipeline(database, keys, faults, calls, upstream.get_post_data)
    controls = Controls(database, store, keys, calls, faults, outbox, webhooks)

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/v1/"):
            return await pipeline.serve(request, handler)
        try:
            return await handler(request)
        except StripeError as error:
            return web.json_response(error.body, status=error.code)

    async def start(_: web.Application) -> None:
        await webhooks.start()

    async def stop(_: web.Application) -> None:
        await webhooks.stop()
        database.close()

    app = web.Application(middlewares=[answer])
    app.add_routes(controls.table())
    for route in upstream.app.router.routes():
        if route.method != "HEAD" and not route.resource.canonical.startswith("/_"):
            app.router.add_route(route.method, route.resource.canonical, route.handler)
    app.on_response_prepare.append(upstream.add_cors_headers)
    app.on_startup.append(start)
    app.on_cleanup.append(stop)
    return app
