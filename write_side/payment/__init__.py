"""Payments: one per order. An intent is recorded, Stripe is called by a worker, its result is recorded;
what was captured and not refunded is always what live paid orders cost."""
