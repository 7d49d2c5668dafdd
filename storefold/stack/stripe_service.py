"""The Stripe stand-in as a service: `python -m storefold.stack.stripe`.

In: a home and a port. Out: a `Service` that is ready when `GET /_health` answers 200.
"""

import sys
from pathlib import Path

from storefold.stack.probes import http_ok
from storefold.stack.service import Service


def service(home: Path, port: int) -> Service:
    """The stand-in of a home; it keeps its state there."""
    return Service(
        name="stripe",
        argv=(sys.executable, "-m", "storefold.stack.stripe", "--port", str(port), "--home", str(home)),
        ready=lambda: http_ok(f"http://127.0.0.1:{port}/_health"),
        stop_timeout=5,
    )
