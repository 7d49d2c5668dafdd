"""Runs the HTTP server (Granian) over `api.app`."""

from granian import Granian
from granian.constants import Interfaces, Loops

from storefold.settings import get_settings


def serve(app: str = "storefold.asgi:app") -> None:
    """Blocks until SIGTERM or SIGINT."""
    settings = get_settings()
    Granian(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        loop=Loops.uvloop,
        log_access=False,
        backlog=2048,
    ).serve()
