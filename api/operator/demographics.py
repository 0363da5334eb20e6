"""/applications/{id}/demographics: what people are, which decides about nobody."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from api.operator.access import note_read
from api.operator.auth import OperatorRoute, needs
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.lookup import look_up
from api.operator.path_ids import ApplicationId
from api.operator.problems import documented
from letterbox.domain.application import Stage
from letterbox.domain.errors import NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Permission

router = APIRouter(route_class=OperatorRoute, responses=documented(404))


class DemographicView(BaseModel):
    """What one view told, as the board said it."""

    view: int
    answers: Any


class Demographics(BaseModel):
    """All that is kept apart of an application."""

    views: list[DemographicView] = Field(description="In order; those that told any.")


@router.get(
    "/applications/{application_id}/demographics",
    openapi_extra=needs(Permission.DEMOGRAPHICS),
    responses=documented(410, 422),
)
async def read_demographics(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Demographics:
    """
    Read demographic answers: for statistics, and not for whoever chooses.

    They are nowhere else: not in the record, in events, in matching or in logs.
    """
    views = await services.blocking.run(_find, services, application_id)
    await note_read(request, JournalAction.DEMOGRAPHICS, application_id)
    return Demographics(views=views)


def _find(services: OperatorServices, application_id: str) -> list[DemographicView]:
    record = look_up(services, application_id)
    if record and record.stage is Stage.ARCHIVED:
        raise HTTPException(
            HTTPStatus.GONE,
            {"detail": "archived: see `letterbox restore`", "stage": Stage.ARCHIVED},
        )
    kept = {
        view.number: services.applications.demographics(application_id, view.number)
        for view in (record.views if record else ())
    }
    views = [
        DemographicView(view=number, answers=answers)
        for number, answers in kept.items()
        if answers is not None
    ]
    if not views:
        raise NotFoundError("no demographic answers")
    return views
