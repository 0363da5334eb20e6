"""/applications/{id}/status: where the candidate stands, in the ATS's word."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request

from api.operator.access import log_access, write_to_journal
from api.operator.auth import OperatorRoute, needs
from api.operator.authorship import Author
from api.operator.dependencies import OperatorServicesDep
from api.operator.examples import REPORTED, example_response
from api.operator.lookup import look_up_readable
from api.operator.models import Reported, Standing
from api.operator.path_ids import ApplicationId
from api.operator.problems import documented
from api.request_ids import request_id_of
from letterbox.domain.commands import StatusReport
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Permission

router = APIRouter(
    prefix="/applications/{application_id}",
    route_class=OperatorRoute,
    responses=documented(404),
)


@router.post(
    "/status",
    openapi_extra=needs(Permission.TRIAGE),
    responses=example_response(REPORTED) | documented(400, 409, 410, 413, 422),
)
async def report_status(
    application_id: ApplicationId,
    standing: Standing,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
) -> Reported:
    """
    Note where the candidate stands, and have the board told, if it takes statuses.

    It is in the record when this is answered. The board is told in the order of the
    changes, for as long as the application is open.
    """
    await services.blocking.run(look_up_readable, services, application_id)
    report = StatusReport(
        id=standing.id or request_id_of(request),
        status=standing.status,
        changed_at=standing.changed_at or datetime.now(UTC),
        by=by,
        request_id=request_id_of(request),
    )
    await write_to_journal(request, JournalAction.STATUS, application=application_id)
    noted = await services.updates.report_status(application_id, report)
    log_access(request, "status noted", application=application_id, by=by)
    return Reported(
        id=application_id,
        change=report.id,
        status=report.status,
        reporting=noted.reporting,
    )
