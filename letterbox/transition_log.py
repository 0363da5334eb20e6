"""
One line of log for each thing that happens to an application: docs/logs.md.

It is written behind the change. A process that dies between the two leaves no line,
and what a retry finds done is not logged again, or is ``repeated``: what the store and
Temporal know is told by ``letterbox history``.
"""

from datetime import datetime

import structlog

from letterbox.domain.application import Application, Hold
from letterbox.domain.commands import (
    Assignment,
    EraseRequest,
    HoldRequest,
    ReleaseRequest,
)
from letterbox.domain.transitions import Transition

log = structlog.get_logger()


def note(transition: Transition, application_id: str, **about: object) -> None:
    """Log what has happened; of ``about``, what is not known is left out."""
    known = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in about.items()
        if value is not None and value != ""
    }
    board = application_id.partition(":")[0]
    log.info(transition.value, application=application_id, board=board, **known)


def note_record(before: Application | None, record: Application) -> None:
    """Log that a submission has become part of the record, and what came of it."""
    is_new, position = before is None, record.position
    note(
        Transition.RECORDED if is_new else Transition.REFRESHED,
        record.id,
        view=record.views[-1].number,
        documents=len(record.attachments),
        flags=",".join(record.flags),
    )
    if before is not None and position == before.position:
        return
    if position.reference is not None:
        by = position.matched_by
        note(Transition.MATCHED, record.id, position=position.reference, matched_by=by)
    elif position.triage is not None:
        note(Transition.TRIAGED, record.id, reason=position.triage)


Request = Assignment | EraseRequest | HoldRequest | ReleaseRequest


def note_request(
    transition: Transition,
    application_id: str,
    *,
    command: Request,
    is_done: bool = False,
    **about: object,
) -> None:
    """Log what somebody asked for; ``repeated`` where it had been done before."""
    word, what = transition, None
    if is_done:
        word, what = Transition.REPEATED, transition.value
    ids = {"by": command.by, "request_id": command.request_id}
    note(word, application_id, what=what, **ids, **about)


def note_hold(application_id: str, command: HoldRequest, before: Hold | None) -> None:
    """Log that a hold was placed or released; ``before`` is the one until then."""
    is_same = before is not None and (before.reason, before.until, before.by) == (
        command.reason,
        command.until,
        command.by,
    )
    note_request(
        Transition.RELEASED if command.release else Transition.HELD,
        application_id,
        command=command,
        is_done=before is None if command.release else is_same,
        until=command.until,
    )
