"""Side effects: what follows events in the world outside.

    log ──▶ dispatcher ──▶ Celery ──▶ payments (Stripe) ──▶ bus ──▶ log
                │  ▲          │          │
                │  │ overdue  ├───▶ mail (SMTP) ──▶ mails (Postgres): what became of each
                │  │          └───▶ erasure ──▶ no key of the person any more
                ▼  │                     ▼ done, or later
             effects (Postgres): what was asked for and not seen to be done

`dispatcher.py` tails the log, writes down each effect and enqueues its task; `payments.py` carries
tasks out and records what came of them; `reconciler.py` enqueues again whatever is overdue, because a
worker died, the broker forgot it or Stripe was away. Any of these steps may happen twice: a task looks
at the log first, and Stripe gets the same idempotency key. `storefold/bootstrap.py` wires it.
"""
