"""The API process, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib.metadata import version

import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError

import namespace
import position_news
import temporal
from api import apply, health, webhooks
from api.failures import translate_failures
from api.forms import FormLimits
from api.intake import Intake
from api.metrics import Metrics
from api.openapi import DocumentedApi
from api.operator import routes as operator
from api.operator.addresses import EncodedSlashes
from api.sdk_metrics import free_loopback_address, scrape
from api.services import Services
from api.starter import Start, Starter
from boards import discover
from boards.base import PostingClosed
from domain.errors import StoreUnavailableError, TemporalUnavailableError
from gateways.applications import StoredApplications
from gateways.catalogue import StoredCatalogue
from gateways.closings import Closings
from operator_parts import open_desk
from resources import open_locator, open_store
from settings import Settings

_BLOCKING_THREADS = 32
_PROBE = timedelta(seconds=2)

log = structlog.get_logger()


def create_app(settings: Settings, start: Start | None = None) -> FastAPI:
    """
    Build the API; what it opens lives as long as it runs.

    Applications are started by ``start``; by Temporal, if none is given.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        metrics_address = free_loopback_address()
        runtime = Runtime(telemetry=temporal.telemetry(metrics_address))
        client = await temporal.connect(settings, lazy=True, runtime=runtime)
        services = _compose(settings, client, start, metrics_address)
        app.state.services = services
        if _has_operators(settings):
            app.state.desk = open_desk(settings, services.store, client)
        app.state.blocking = CapacityLimiter(_BLOCKING_THREADS)
        told = asyncio.create_task(_tell_what_is_missing(client))
        async with services.starter.running():
            log.info("api ready", port=settings.api_port)
            yield
        told.cancel()

    app = DocumentedApi(
        title="Letterbox", version=version("letterbox"), lifespan=lifespan
    )
    app.include_router(apply.router)
    app.include_router(webhooks.router)
    if _has_operators(settings):
        app.include_router(operator.router)
        app.add_middleware(EncodedSlashes)
    app.include_router(health.router)
    translate_failures(app)
    return app


def _has_operators(settings: Settings) -> bool:
    """Tell whether there is a token; without one there are no such addresses."""
    return bool(settings.operator_token.get_secret_value())


def _compose(
    settings: Settings,
    client: Client,
    start: Start | None,
    metrics_address: str,
) -> Services:
    store = open_store(settings)
    metrics = Metrics()
    closings = Closings(store)
    applications = StoredApplications(store)
    intake = Intake(
        applications=applications,
        catalogue=StoredCatalogue(store),
        locator=open_locator(settings),
        region_policy=settings.region_policy,
    )
    by_temporal = partial(temporal.start_application, client, settings.task_queue)
    return Services(
        boards=discover(),
        secrets_of=settings.secrets_of,
        limits=FormLimits(body_bytes=settings.max_body_bytes),
        intake=intake,
        applications=applications,
        close_posting=closings.close,
        signal_closed=partial(_signal_closed, client, settings.task_queue, closings),
        starter=Starter(start or by_temporal, metrics),
        metrics=metrics,
        store=store,
        temporal_answers=partial(_answers, client),
        temporal_metrics=partial(to_thread.run_sync, scrape, metrics_address),
    )


async def _signal_closed(
    client: Client, task_queue: str, closings: Closings, closing: PostingClosed
) -> None:
    """Tell the open applications; lost news is harmless: it only moves a date later."""
    try:
        positions = await to_thread.run_sync(closings.positions, closing.posting)
        await position_news.signal_closed(
            client,
            closing.closed_at,
            task_queue=task_queue,
            posting=closing.posting,
            positions=positions,
        )
    except (StoreUnavailableError, TemporalUnavailableError) as error:
        log.warning("closing not told", posting=closing.posting, reason=str(error))


async def _answers(client: Client) -> bool:
    try:
        return await client.service_client.check_health(timeout=_PROBE)
    except (RPCError, RuntimeError):
        return False


async def _tell_what_is_missing(client: Client) -> None:
    try:
        missing = await namespace.missing_search_attributes(client)
    except (RPCError, RuntimeError):
        log.warning("Temporal does not answer: applications wait in the inbox")
        return
    if missing:
        log.error("search attributes missing: run `letterbox init`", missing=missing)
