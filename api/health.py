"""Health: `live` says that the process answers, `ready` that every part does and the models have caught up."""

import asyncio
from collections.abc import Awaitable, Callable

from eventsourcing.persistence import PersistenceError
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.parts import Parts
from read_side.errors import Unavailable

_PATIENCE = 2.0  # seconds a part has to answer; a model to catch up with the log as it was when asked


def health_router(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @router.get("/ready", responses={503: {"description": "A part is away or behind; `parts` says which"}})
    async def ready() -> JSONResponse:
        """Every part answers, and the models have seen all that was appended."""
        states = await _states(parts)
        good = all(state == "ok" for state in states.values())
        body = {"status": "ready" if good else "starting", "parts": states}
        return JSONResponse(body, 200 if good else 503, {"cache-control": "no-store"})

    return router


async def _states(parts: Parts) -> dict[str, str]:
    reads = parts.reads
    heads: list[int] = []

    async def postgres() -> None:
        heads.append(await run_in_threadpool(parts.log.head))

    async def redis() -> None:
        await reads.positions.wait(max(heads, default=0), _PATIENCE)

    async def elasticsearch() -> None:
        await reads.search.wait(max(heads, default=0), _PATIENCE)

    states = {"postgres": await _state(postgres)}
    states["redis"], states["elasticsearch"] = await asyncio.gather(_state(redis), _state(elasticsearch))
    return states


async def _state(ask: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(_PATIENCE + 1):
            await ask()
    except TimeoutError:
        return "no answer"
    except (PersistenceError, Unavailable) as error:
        return str(error) or type(error).__name__
    return "ok"
