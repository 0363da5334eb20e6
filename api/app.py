"""The API process, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version

import structlog
from fastapi import FastAPI
from temporalio.client import Client, ScheduleOverlapPolicy
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from api import apply, docs_page, health, webhooks
from api.acceptance import Acceptance
from api.dependencies import ApiServices
from api.failures import translate_failures
from api.metrics import Metrics
from api.middleware import HeadRequests, TrailingSlashes
from api.multipart.form import FormLimits
from api.openapi import DocumentedApi
from api.readiness import StoreProbe
from api.siblings import Siblings
from api.starter import Start, Starter
from api.threads import Threads
from api.unknown_references import UnknownReferences
from api.watch import Watch, WatchSources
from letterbox.boards import discover
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.catalogue.refused_references import RefusedReferenceCounter
from letterbox.domain.ports import ObjectStore
from letterbox.expositions import free_loopback_address, scrape
from letterbox.monitoring import StoreWatch
from letterbox.records.applications import StoredApplications
from letterbox.records.own_ids import StoredOwnIds
from letterbox.records.repeats import StoredRepeats
from letterbox.resources import open_locator, open_store
from letterbox.settings import Settings
from letterbox.temporal import namespace
from letterbox.temporal.board_news import follow_news
from letterbox.temporal.client import connect, start_application, telemetry
from letterbox.temporal.closings import tell_closed
from letterbox.temporal.monitoring import TemporalWatch
from letterbox.temporal.schedules import POSITION_IMPORT, schedule_id

_BLOCKING_THREADS = 32
# Each may cost three times its 40 MB for a moment.
_LARGE_BODIES = 4
_PROBE = timedelta(seconds=2)
_SCRAPE = 1.5
_IMPORT_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


def create_app(
    settings: Settings, start: Start | None = None, siblings: Siblings | None = None
) -> FastAPI:
    """
    Build the API; what it opens lives as long as it runs.

    Applications are started by ``start``; by Temporal, if none is given. ``siblings``
    are the processes that share its port, if there are any.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        metrics_address = free_loopback_address()
        runtime = Runtime(telemetry=telemetry(metrics_address))
        client = await connect(settings, lazy=True, runtime=runtime)
        store = open_store(settings, hurried=True)
        services = _compose(settings, store, client, start, metrics_address)
        app.state.services = services
        checking = asyncio.create_task(_log_what_is_missing(client))
        async with (
            _running_for_operators(app, settings, store, client),
            services.starter.running(),
            services.watch.running(),
            services.unknown.running(),
        ):
            log.info("api ready", port=settings.api_port)
            yield
        checking.cancel()

    app = DocumentedApi(
        title="Letterbox",
        version=version("letterbox"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.siblings = siblings
    app.add_middleware(HeadRequests)
    app.router.routes.append(apply.route)
    app.include_router(apply.router)
    app.include_router(webhooks.router)
    if _has_operators(settings):
        from api import for_operators

        for_operators.add_to(app)
    app.include_router(health.router)
    app.include_router(docs_page.router)
    app.add_middleware(TrailingSlashes)
    translate_failures(app)
    return app


def _running_for_operators(
    app: FastAPI, settings: Settings, store: ObjectStore, client: Client
) -> AbstractAsyncContextManager[None]:
    """Serve operators, if anybody may call."""
    if not _has_operators(settings):
        return nullcontext()
    # With the desk it takes 10 MB, which an API for boards alone need not have.
    from api import for_operators

    return for_operators.open_services(app, settings, store, client)


def _has_operators(settings: Settings) -> bool:
    """Return whether anybody may call; else there are no such addresses."""
    return bool(settings.operator_tokens or settings.operators or settings.oidc_issuer)


def _compose(
    settings: Settings,
    store: ObjectStore,
    client: Client,
    start: Start | None,
    metrics_address: str,
) -> ApiServices:
    boards = discover()
    metrics = Metrics(name for name in boards if settings.secrets_of(name))
    applications = StoredApplications(store)
    catalogue = StoredCatalogue(store)
    unknown = UnknownReferences(
        RefusedReferenceCounter(store),
        partial(_ask_for_import, client, settings, catalogue),
        metrics,
    )
    acceptance = Acceptance(
        applications=applications,
        repeats=StoredRepeats(store, applications),
        catalogue=catalogue,
        locator=open_locator(settings),
        region_policy=settings.region_policy,
        unknown=unknown,
    )
    by_temporal = partial(start_application, client, settings.task_queue)
    return ApiServices(
        boards=boards,
        secrets_of=settings.secrets_of,
        settings=settings,
        limits=FormLimits(body_bytes=settings.max_body_bytes),
        large_bodies=asyncio.Semaphore(_LARGE_BODIES),
        acceptance=acceptance,
        applications=applications,
        own_ids=StoredOwnIds(store, applications),
        signal_closed=partial(tell_closed, client, settings.task_queue),
        follow_news=partial(follow_news, client, settings.task_queue),
        starter=Starter(start or by_temporal, metrics),
        metrics=metrics,
        threads=Threads(_BLOCKING_THREADS),
        probe=StoreProbe(store),
        watch=_watch(settings, store, client, metrics),
        unknown=unknown,
        store_name=settings.store_name,
        temporal_answers=partial(_answers, client),
        temporal_metrics=partial(_scraped, Threads(1), metrics_address),
    )


def _watch(
    settings: Settings, store: ObjectStore, client: Client, metrics: Metrics
) -> Watch:
    # An API may run without the ATS's settings: then any address that is off counts.
    stored = StoreWatch(store, settings.delivery_url or None)
    temporal = TemporalWatch(client, settings.task_queue, settings.archive_margin)
    sources = WatchSources(
        inbox=stored.inbox,
        audit=stored.audit,
        catalogue=stored.catalogue,
        is_delivery_disabled=stored.is_delivery_disabled,
        temporal=temporal.read,
    )
    return Watch(sources, metrics.gauges)


async def _scraped(threads: Threads, metrics_address: str) -> str:
    try:
        return await threads.run(partial(scrape, metrics_address), _SCRAPE)
    except TimeoutError:
        return ""


async def _ask_for_import(
    client: Client, settings: Settings, catalogue: StoredCatalogue
) -> None:
    """Trigger an import of the feed, unless some process did a moment ago."""
    if not settings.position_feed:
        return
    status = await asyncio.to_thread(catalogue.status)
    if not status.is_just_imported(datetime.now(UTC), _IMPORT_EVERY):
        handle = client.get_schedule_handle(
            schedule_id(settings.task_queue, POSITION_IMPORT)
        )
        await handle.trigger(overlap=ScheduleOverlapPolicy.SKIP, rpc_timeout=_PROBE)


async def _answers(client: Client) -> bool:
    try:
        return await client.service_client.check_health(timeout=_PROBE)
    except (RPCError, RuntimeError):
        return False


async def _log_what_is_missing(client: Client) -> None:
    try:
        missing = await namespace.missing_search_attributes(client)
    except (RPCError, RuntimeError):
        log.warning("Temporal does not answer: applications wait in the inbox")
        return
    if missing:
        log.error("search attributes missing: run `letterbox init`", missing=missing)
