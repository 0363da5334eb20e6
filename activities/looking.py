"""Looking into a document, unless that has ended workers before."""

from typing import BinaryIO

import structlog
from temporalio import activity

from domain.documents import UNREADABLE, Kind, Problem, recognise
from domain.ports import Applications

log = structlog.get_logger()


def look_into(
    applications: Applications,
    application_id: str,
    name: str,
    content: BinaryIO,
    *,
    guarded: bool,
) -> Kind:
    """
    Tell what a document is. Blocking.

    ``guarded`` is for a step that was begun before and not ended: what has ended two
    workers goes unlooked-at. The first look costs no write.
    """
    if not guarded:
        return recognise(content)
    with applications.looking(application_id, name) as may_look:
        if may_look:
            return recognise(content)
    log.error(
        "document not looked into: it has ended workers",
        application=application_id,
        document=name,
    )
    activity.metric_meter().create_counter(
        "letterbox_documents_unlooked",
        "Documents not looked into, since looking at them has ended workers.",
    ).add(1)
    return UNREADABLE.but(Problem.NOT_LOOKED_INTO)
