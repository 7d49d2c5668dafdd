"""The FastAPI application: lifespan, health, and the surfaces."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response

from read_side.open import ReadSide
from write_side.bus import Bus


def create_app(redis_url: str, elasticsearch_url: str, bus: Bus) -> FastAPI:
    """Connects when it starts; a store that is away then is waited for, not needed."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        reads = await ReadSide.open(redis_url, elasticsearch_url)
        app.state.reads = reads
        app.state.bus = bus
        yield
        await reads.close()
        bus.close()

    app = FastAPI(title="Storefold", lifespan=lifespan)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @app.get("/health/ready")
    async def ready(response: Response) -> dict[str, object]:
        """Every part answers."""
        positions = app.state.reads.positions
        good = positions.alive and positions.built
        response.status_code = 200 if good else 503
        return {"status": "ready" if good else "starting"}

    return app
