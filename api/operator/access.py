"""Accesses are logged; those to a candidate, and changes, are in the journal too."""

from functools import partial
from typing import Any

import structlog
from fastapi import Request

from api.operator.auth import operator_of
from api.operator.dependencies import operator_services_of
from api.request_ids import request_id_of
from letterbox.domain.journal_actions import JournalAction

log = structlog.get_logger()


async def write_to_journal(request: Request, what: JournalAction, **about: Any) -> None:
    """
    Write who sees or does something into the journal, before it is seen or done.

    Where that cannot be written nothing is (StoreUnavailableError): it would be the one
    access that nobody can prove. The candidate is in the same store anyway.
    """
    services = operator_services_of(request)
    write = partial(
        services.journal.write,
        what,
        operator=operator_of(request).name,
        by=request.state.author,
        request_id=request_id_of(request),
        **about,
    )
    await services.blocking.run(write)


async def note_read(
    request: Request, what: JournalAction, application_id: str, **about: Any
) -> None:
    """Write into the journal, and log, that something of a candidate is read."""
    await write_to_journal(request, what, application=application_id)
    by = request.state.author
    log_access(request, what.value, application=application_id, by=by, **about)


def log_access(request: Request, what: str, **about: Any) -> None:
    """
    Log an access by the ids of what was accessed.

    Whose it was is in ``about``, or is found by the id of the request.
    """
    log.info(what, request_id=request_id_of(request), **about)


def log_asked(request: Request, application_id: str, action: str, by: str) -> None:
    """Log that a change was asked for; the worker logs it when it is made."""
    log_access(request, "asked", application=application_id, action=action, by=by)
