"""/applications/{id}/documents/{name}/release: the virus scanner was wrong."""

from fastapi import APIRouter, Request

from api.operator.access import log_asked, write_to_journal
from api.operator.auth import OperatorRoute, needs
from api.operator.authorship import Author
from api.operator.dependencies import OperatorServicesDep
from api.operator.documents import DocumentName
from api.operator.examples import STATUS, example_response
from api.operator.lookup import checked
from api.operator.models import Vouching
from api.operator.path_ids import ApplicationId
from api.operator.problems import documented
from api.request_ids import request_id_of
from letterbox.domain.commands import ReleaseRequest
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.listing import ApplicationStatus
from letterbox.domain.operators import Permission

router = APIRouter(
    prefix="/applications/{application_id}/documents/{name}",
    route_class=OperatorRoute,
    responses=documented(404),
)


@router.post(
    "/release",
    openapi_extra=needs(Permission.RELEASE),
    responses=example_response(STATUS) | documented(400, 409, 410, 413, 422),
)
async def release_document(  # noqa: PLR0913, PLR0917 what FastAPI gives
    application_id: ApplicationId,
    name: DocumentName,
    vouching: Vouching,
    request: Request,
    services: OperatorServicesDep,
    by: Author,
) -> ApplicationStatus:
    """
    Take a document out of quarantine: for who knows that the virus scanner is wrong.

    It stays out, whatever the scanner says of it later; safe to repeat.
    """
    reason = vouching.reason
    record = await services.blocking.run(checked, services, application_id, reason)
    release = ReleaseRequest(
        name=name, reason=reason, by=by, request_id=request_id_of(request)
    )
    await write_to_journal(request, JournalAction.RELEASE, application=application_id)
    status = await services.updates.release(application_id, release)
    log_asked(request, application_id, "release document", by)
    return ApplicationStatus.after(application_id, status, record)
