"""What the API serves besides where operators may call: their routes, and the desk."""

from contextlib import AbstractAsyncContextManager
from functools import partial

from fastapi import FastAPI
from temporalio.client import Client

from api.desk import routes as desk
from api.desk.dependencies import open_desk_services
from api.desk.refusals import answers_in
from api.desk.responses import DeskResponses
from api.middleware import OperatorRequests
from api.operator import routes as operator
from api.operator.dependencies import open_operator_services
from api.operator.path_ids import EncodedSlashes
from letterbox.domain.ports import ObjectStore
from letterbox.settings import Settings


def add_to(app: FastAPI) -> None:
    """Add the routes, and what is done with their requests."""
    app.include_router(operator.router)
    app.include_router(desk.router)
    app.add_middleware(EncodedSlashes)
    app.add_middleware(OperatorRequests)
    app.add_middleware(DeskResponses)


def open_services(
    app: FastAPI, settings: Settings, store: ObjectStore, client: Client
) -> AbstractAsyncContextManager[None]:
    """Open what the handlers need; the desk does more beside its requests."""
    operator_services = open_operator_services(settings, store, client)
    app.state.operator_services = operator_services
    app.state.desk_services = open_desk_services(
        settings,
        client,
        operator_services,
        partial(answers_in, app.state.services.metrics.registry),
    )
    running: AbstractAsyncContextManager[None] = app.state.desk_services.running()
    return running
