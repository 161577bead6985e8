"""Health: for people, for load balancers, and for whoever restarts the process."""

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Response

from trialogue.core.errors import ChatError
from trialogue.http.deps import Serving, answer

router = APIRouter(tags=["Health"])
PATIENCE = 3  # seconds for a part to answer


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the server; `off` where it is not configured, which is no fault."""

    status: Literal["healthy", "degraded", "unhealthy", "off"]
    kind: str | None = None
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How the server is; `ms` is how long the part took to answer."""

    status: Literal["healthy", "degraded"]
    version: str
    components: dict[str, Component]


async def _database(serving: Serving) -> Component:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            await serving.database.ping()
    except (ChatError, TimeoutError):
        return Component("unhealthy", serving.database.kind)
    took = round((time.perf_counter() - started) * 1000, 1)
    return Component("healthy", serving.database.kind, took)


async def _storage(serving: Serving) -> Component:
    kind = serving.files.blobs.kind
    started = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.to_thread(serving.files.blobs.check)
    except (ChatError, TimeoutError):
        return Component("unhealthy", kind)
    return Component("healthy", kind, round((time.perf_counter() - started) * 1000, 1))


async def _redis(serving: Serving) -> Component:
    if serving.redis is None:
        return Component("off")
    try:
        async with asyncio.timeout(PATIENCE):
            took = await serving.redis.ping()
    except TimeoutError:
        took = None
    if took is None:
        return Component("unhealthy", "redis")
    return Component("healthy", "redis", round(took, 1))


@router.get(
    "/health",
    response_model=Health,
    responses={503: {"description": "Not ready.", "model": Health}},
)
async def health(serving: Serving) -> Response:
    """All parts of the server, with versions. Without its database it is not ready; without Redis
    it serves its own clients, and is `degraded`."""
    database, redis, storage = await asyncio.gather(
        _database(serving), _redis(serving), _storage(serving)
    )
    assistants = Component(*serving.providers.health())
    components = {"database": database, "redis": redis, "storage": storage, "ai": assistants}
    well = all(component.status in ("healthy", "off") for component in components.values())
    report = Health("healthy" if well else "degraded", serving.version, components)
    return answer(report, 200 if database.status == "healthy" else 503)


@router.get("/health/live")
async def live() -> Response:
    """Whether the process answers at all."""
    return answer({"status": "live"})


@router.get("/health/ready")
async def ready(serving: Serving) -> Response:
    """Whether requests can be served now; 503 when not."""
    database = await _database(serving)
    works = database.status == "healthy"
    return answer({"status": "ready" if works else "unavailable"}, 200 if works else 503)
