"""What follows from what, across aggregates and the world outside. All of it is pure.

`effects.py`: an event in, what has to be done outside of the log out; `workers/` does it.
`stripe_news.py`: what Stripe says in, the command that records it out; webhooks, workers and whoever
asks Stripe send it.

What follows inside the log (a cancelled order's refund, the refund of a payment that comes after the
cancellation) is decided in the same append as its cause, see `order/handlers.py` and
`payment/decide.py`: a process could only do it later.
"""
