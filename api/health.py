"""Health: `live` says that the process answers, `ready` that every part does and the models have caught up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.parts import Parts
from read_side.errors import Unavailable

log = logging.getLogger(__name__)

_PATIENCE = 2.0  # seconds a part has to answer; a model to catch up with the log as it was when asked


class NotThere(Exception):
    """Nobody does this part's work."""


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

    async def observations() -> None:
        await reads.metrics.built()

    async def elasticsearch() -> None:
        await reads.search.wait(max(heads, default=0), _PATIENCE)

    async def there(look: Callable[[], bool]) -> None:
        if not await run_in_threadpool(look):
            raise NotThere("is not there")

    states = {"postgres": await _state(postgres)}
    asked = {"redis": redis, "observations": observations, "elasticsearch": elasticsearch}
    asked |= {name: partial(there, look) for name, look in parts.others.items()}
    return states | dict(zip(asked, await asyncio.gather(*map(_state, asked.values())), strict=True))


async def _state(ask: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(_PATIENCE + 1):
            await ask()
    except TimeoutError:
        return "no answer"
    except Unavailable as error:
        return str(error)
    except Exception:  # whatever it is, the part does not answer; the reason is for the log, not for everybody
        log.warning("a part is away", exc_info=True)
        return "away"
    return "ok"
