"""`python -m storefold.stack.stripe --port P --home DIR [--host ADDRESS] [--webhook-url URL ...]`.

In: a port, a home folder, optionally the first webhook endpoint, whose secret may also be in
STRIPE_WEBHOOK_SECRET, where no list of processes shows it. Out: the stand-in on loopback (or
`--host`) until SIGTERM or Ctrl-C; its log is `stripe.log` in the home, it prints nothing.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from storefold.stack.stripe import server
from storefold.stack.stripe.database import HomeInUse
from storefold.stack.stripe.outbox import Endpoint


async def _serve(app: web.Application, host: str, port: int) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Run until stopped; 1 when the home or the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m storefold.stack.stripe")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True, metavar="DIR")
    parser.add_argument("--webhook-url", metavar="URL")
    parser.add_argument("--webhook-secret", metavar="SECRET")
    options = parser.parse_args()
    secret: str | None = options.webhook_secret
    if options.webhook_url and not secret:
        secret = os.environ.get("STRIPE_WEBHOOK_SECRET")
    if bool(options.webhook_url) != bool(secret):
        parser.error("--webhook-url and --webhook-secret belong together")
    endpoint = None
    if options.webhook_url and secret:
        endpoint = Endpoint("default", options.webhook_url, secret)
    home: Path = options.home
    home.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=home / "stripe.log",
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    try:
        asyncio.run(_serve(server.build(home, endpoint), options.host, options.port))
    except (HomeInUse, OSError) as error:
        print(f"Stripe stand-in: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
