"""/desk/applications/{id}/search: words, in the texts of its documents."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response

from api.desk.forms import fields_of
from api.desk.pages import page
from api.desk.passages import Passage, passages_of
from api.desk.route import DeskRoute
from api.operator.auth import needs
from api.operator.dependencies import OperatorServices, OperatorServicesDep
from api.operator.lookup import look_up, with_documents
from api.operator.path_ids import ApplicationId
from api.operator.renderings import read_document_text
from letterbox.domain.application import Application, Attachment, Stage
from letterbox.domain.documents.kinds import TEXT_EXTENSIONS
from letterbox.domain.errors import (
    MalformedError,
    NotFoundError,
    RenderingBusyError,
)
from letterbox.domain.operators import Permission

_WITHIN = 20.0
_MAX_WORDS = 200

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@dataclass(slots=True)
class Searched:
    """A document, and what was found in it, or why it was not looked into."""

    document: Attachment
    passages: list[Passage] = field(default_factory=list)
    count: int = 0
    trouble: str = "not read yet: search again in a moment"


@router.post(
    "/desk/applications/{application_id}/search",
    openapi_extra=needs(Permission.DOCUMENTS),
)
async def search(
    application_id: ApplicationId, request: Request, services: OperatorServicesDep
) -> Response:
    """
    Find words in what the candidate has sent: each document is read for it.

    A form, for the words may be of the candidate. Whatever is not read in time is said
    to be: its text is kept once it is made, so it is there the next time.
    """
    words = " ".join((await fields_of(request)).get("words", "").split())[:_MAX_WORDS]
    if not words:
        raise MalformedError("write what to look for", field="words")
    documents = await services.blocking.run(_readable, services, application_id)
    found = [Searched(document) for document in documents]
    with suppress(TimeoutError):
        async with asyncio.timeout(_WITHIN):
            for one in found:
                await _search(application_id, one, words, request, services)
    return page(request, "search.html", id=application_id, words=words, found=found)


async def _search(
    application_id: str,
    one: Searched,
    words: str,
    request: Request,
    services: OperatorServices,
) -> None:
    try:
        read = await read_document_text(
            application_id, one.document.name or "", request, services
        )
    except (NotFoundError, RenderingBusyError) as error:
        one.trouble = str(error)
        return
    one.trouble = ""
    text = bytes(read.body).decode()
    one.passages, one.count = await services.renderings.run(passages_of, text, words)


def _readable(services: OperatorServices, application_id: str) -> list[Attachment]:
    """List the documents that have a text, of all views. Blocking."""
    record = look_up(services, application_id)
    if record is None:
        raise NotFoundError("it is not recorded yet")
    if record.stage is Stage.ARCHIVED:
        raise NotFoundError("its documents are in the archive: `letterbox restore`")
    return searchable(with_documents(services, record))


def searchable(record: Application) -> list[Attachment]:
    """List the documents of a record that a text is made of."""
    named = {
        one.name: one
        for one in record.all_attachments()
        if one.name and one.name.partition(".")[2] in TEXT_EXTENSIONS
    }
    return [one for one in named.values() if one.scan != "infected"]
