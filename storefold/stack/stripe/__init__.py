"""The stateful Stripe stand-in for development and tests.

In: HTTP on loopback, from the official SDK (`/v1/...`) and from tests (`/_...`).
Out: Stripe's answers, signed webhooks, and one SQLite file that survives `kill -9`.
Who calls: `python -m storefold.stack.stripe --port P --home DIR`, started by the local
stack and by tests; `control.py` is the client for the test knobs.

PyPI `localstripe` brings the resources, the routes and the parameter decoding. What it
lacks of Stripe's promises is added around it, in the same process, so that an effect,
the saved answer of its idempotency key and its webhooks reach the disk in one commit:

    pipeline.py  what happens to a request, in order
    intents.py charges.py refunds.py payment_methods.py events.py  the payment resources
    store.py database.py  what is kept, and when
    webhooks.py signing.py  what is delivered, how often, and how it is signed
    faults.py idempotency.py calls.py routes.py  the knobs and their routes
"""
