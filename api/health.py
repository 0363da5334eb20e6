"""What orchestrators and Prometheus ask."""

import asyncio

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from api.dependencies import ApiServices, Services
from api.siblings import Siblings
from letterbox.expositions import merged

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    """The process answers."""

    status: str = "alive"


class Readiness(BaseModel):
    """Ready means that the store takes what boards send."""

    store: str
    temporal: str
    operators: str | None = Field(
        None,
        description=(
            "Only where LETTERBOX_OPERATORS is set: `unreadable` if that file cannot be"
            " read as it is now, so that those count who were in it before."
        ),
    )


@router.get("/healthz")
async def healthz() -> Alive:
    """Answer while the process is alive, and can give boards an answer of their own."""
    return Alive()


@router.get(
    "/readyz",
    responses={503: {"model": Readiness}},
    response_model_exclude_none=True,
)
async def readyz(request: Request, services: Services, response: Response) -> Readiness:
    """
    Return whether applications can be kept, within five seconds: 200, or 503.

    Temporal is reported and does not make the process unready: accepting goes on
    without it. What routes the boards' requests must not go by this: while the store is
    away they are to have their own answer, not a proxy's.
    """
    store_works, temporal_answers = await asyncio.gather(
        services.probe.works(), services.temporal_answers()
    )
    if not store_works:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Readiness(
        store="ok" if store_works else "unavailable",
        temporal="ok" if temporal_answers else "unreachable",
        operators=_operators(request),
    )


def _operators(request: Request) -> str | None:
    services = getattr(request.app.state, "operator_services", None)
    if services is None or not services.callers.has_file:
        return None
    return "unreadable" if services.callers.trouble else "ok"


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request, services: Services) -> Response:
    """
    Return our metrics for Prometheus and the Temporal client's, within two seconds.

    What has to be asked of others is asked in the background. Where several processes
    share the port, those of all of them: each sample says of which process it is.
    """
    siblings: Siblings | None = request.app.state.siblings
    if siblings is None or siblings.is_own(request.scope.get("server")):
        page = await _own_metrics(services)
    else:
        page, others = await asyncio.gather(_own_metrics(services), siblings.others())
        page = merged({siblings.number: page, **others})
    return Response(page, media_type=CONTENT_TYPE_LATEST)


async def _own_metrics(services: ApiServices) -> str:
    _, theirs = await asyncio.gather(
        services.watch.refresh_inbox(), services.temporal_metrics()
    )
    return generate_latest(services.metrics.registry).decode() + theirs
