"""What orchestrators and Prometheus ask."""

from itertools import islice

from anyio import to_thread
from fastapi import APIRouter, Response, status
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from api.services import Given
from domain import keys
from domain.errors import StoreUnavailableError
from domain.ports import ObjectStore

router = APIRouter(tags=["operations"])

_COUNTED = 10_000


class Alive(BaseModel):
    """The process answers."""

    status: str = "alive"


class Readiness(BaseModel):
    """Ready means that the store takes what boards send."""

    store: str
    temporal: str


@router.get("/healthz")
async def healthz() -> Alive:
    """Tell that the process is alive."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness}})
async def readyz(given: Given, response: Response) -> Readiness:
    """
    Tell whether applications can be kept: 200, or 503.

    Temporal is reported and does not make the process unready: accepting goes on
    without it.
    """
    store = "ok"
    try:
        await to_thread.run_sync(given.store.check)
    except StoreUnavailableError:
        store = "unavailable"
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    temporal = "ok" if await given.temporal_answers() else "unreachable"
    return Readiness(store=store, temporal=temporal)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(given: Given) -> Response:
    """Give Prometheus our metrics and the Temporal client's."""
    depth = await to_thread.run_sync(_inbox_depth, given.store)
    given.metrics.inbox.set(depth)
    ours = generate_latest(given.metrics.registry)
    theirs = await given.temporal_metrics()
    return Response(ours + theirs.encode(), media_type=CONTENT_TYPE_LATEST)


def _inbox_depth(store: ObjectStore) -> float:
    try:
        return sum(1 for _ in islice(store.list(keys.INBOX), _COUNTED))
    except StoreUnavailableError:
        return float("nan")
