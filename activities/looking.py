"""Looking into a document, unless that has ended workers before."""

from typing import BinaryIO

import structlog
from temporalio import activity

from letterbox.domain.documents import UNREADABLE, Kind, Problem, recognise
from letterbox.domain.ports import Applications

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
        return _recognised(application_id, name, content)
    with applications.looking(application_id, name) as may_look:
        if may_look:
            return _recognised(application_id, name, content)
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


def _recognised(application_id: str, name: str, content: BinaryIO) -> Kind:
    """
    Tell what it is; a fault of ours in that must not hold up the application.

    The step would fail in the same way for ever.
    """
    try:
        return recognise(content)
    except OSError:
        raise  # This machine's disk: another try may do.
    except Exception as error:  # noqa: BLE001 a stranger chose these bytes
        log.error(  # noqa: TRY400 a traceback may quote them
            "document not understood",
            application=application_id,
            document=name,
            error=type(error).__name__,
        )
        return UNREADABLE
