"""The stand-ins for the world outside, as services: the mail catcher, the object storage, and those of
Stripe and Google.

In: a home and a port. Out: `Service`s that run the modules of the same name. Apart from those modules,
so that their processes load nothing of the supervisor's.
"""

import sys
from pathlib import Path

from storefold.stack.probes import greets, http_ok
from storefold.stack.service import Service


def mail(home: Path, port: int) -> Service:
    """Delivers into `<home>/outbox`."""
    return Service(
        name="smtp",
        argv=(sys.executable, "-m", "storefold.stack.smtp", "--port", str(port), "--outbox", str(home / "outbox")),
        ready=lambda: greets(port, b"220"),
        stop_timeout=5,
    )


def stripe(home: Path, port: int) -> Service:
    """Keeps its state in `<home>/stripe`."""
    return Service(
        name="stripe",
        argv=(sys.executable, "-m", "storefold.stack.stripe", "--port", str(port), "--home", str(home / "stripe")),
        ready=lambda: http_ok(f"http://127.0.0.1:{port}/_health"),
        stop_timeout=5,
    )


def storage(home: Path, port: int) -> Service:
    """Keeps its objects in `<home>/storage`."""
    return Service(
        name="storage",
        argv=(sys.executable, "-m", "storefold.stack.storage", "--port", str(port), "--home", str(home / "storage")),
        ready=lambda: http_ok(f"http://127.0.0.1:{port}/_health"),
        stop_timeout=5,
    )


def google(port: int) -> Service:
    """Keeps nothing: whoever signs in types who they are."""
    return Service(
        name="google",
        argv=(sys.executable, "-m", "storefold.stack.google", "--port", str(port)),
        ready=lambda: http_ok(f"http://127.0.0.1:{port}/_health"),
        stop_timeout=5,
    )
