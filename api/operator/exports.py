"""GET /candidates/export: all that is held of a person, for that person."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from api.operator.access import log_access, write_to_journal
from api.operator.auth import OperatorRoute, needs, operator_of
from api.operator.authorship import decoded
from api.operator.blocking import SLOW
from api.operator.candidates import find_applications
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.lookup import is_visible
from api.operator.problems import documented
from letterbox.domain.errors import NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import Operator, Permission
from letterbox.domain.privacy import NOBODY_FOUND

_ZIP = "application/zip"
_DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}},
        "description": "A zip; README.txt in it says what is where",
    }
}

router = APIRouter(prefix="/candidates", route_class=OperatorRoute)


@router.get(
    "/export",
    openapi_extra=needs(Permission.EXPORT),
    response_class=StreamingResponse,
    responses=_DOWNLOAD | documented(404, 409, 422),
)
async def export_candidate(
    request: Request,
    services: OperatorServicesDep,
    candidate: Annotated[
        str,
        Header(
            alias="X-Candidate-Email",
            description="Whose. A header, because addresses of requests are logged.",
            examples=["ada@example.com"],
        ),
    ],
) -> StreamingResponse:
    """
    Download all that is held of a person, and who saw it, as one zip.

    Records, sources, documents, answers that are kept apart, archives, holds,
    histories, the journal, and what waits in the inbox. It needs nothing of
    Letterbox's to be read. If it is cut off, it cannot be opened: ask again. Where
    Temporal does not answer, README.txt in it says whose history may lack something.
    """
    ids, unreadable = await services.blocking.run(
        _find, services, operator_of(request), decoded(candidate), within=SLOW
    )
    for application_id in ids:
        await write_to_journal(
            request, JournalAction.EXPORTED, application=application_id
        )
    log_access(request, JournalAction.EXPORTED.value, applications=ids)
    histories = await services.histories.find_all(ids)
    chunks = services.person_export.chunks(histories, unreadable)
    return StreamingResponse(
        services.blocking.pieces(chunks),
        media_type=_ZIP,
        headers={"Content-Disposition": 'attachment; filename="candidate.zip"'},
    )


def _find(
    services: OperatorServices, operator: Operator, address: str
) -> tuple[list[str], int]:
    """Find a person's applications, and how many more may be (NotFoundError)."""
    found = find_applications(services, address)
    ids = [
        application_id
        for application_id in sorted(found.ids)
        if is_visible(services, operator, application_id)
    ]
    if not ids:
        raise NotFoundError(NOBODY_FOUND)
    return ids, found.unreadable
