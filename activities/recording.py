"""How a delivery, and what was found out about it, becomes the record. Pure."""

from datetime import timedelta

from activities.values import InspectedDocument, Recording
from boards.base import Reading
from domain.application import (
    Application,
    Attachment,
    Flag,
    PositionOpening,
    Stage,
    View,
)
from domain.inbox import Delivery
from domain.retention import archive_due


def build_record(
    delivery: Delivery,
    reading: Reading,
    given: Recording,
    *,
    retention: timedelta,
    margin: timedelta,
) -> Application:
    """Make the canonical record of a first delivery."""
    attachments = tuple(
        _attachment(document, delivery) for document in given.stored.documents
    )
    matched = given.matched
    position = PositionOpening(
        reference=matched.reference if matched else None,
        hirer=matched.hirer if matched else None,
        title=matched.title if matched else None,
        matched_by=matched.matched_by if matched else None,
        triage=matched.triage if matched else None,
    )
    return Application(
        id=delivery.application_id,
        stage=Stage.MATCHED if position.reference else Stage.TRIAGE,
        flags=_flags(delivery, reading, attachments),
        applied_at=reading.applied_at,
        received_at=delivery.received_at,
        archive_by=archive_due(
            reading.applied_at, None, retention=retention, margin=margin
        ),
        source=reading.source,
        candidate=reading.candidate,
        attachments=attachments,
        answers=reading.answers,
        position=position,
        region=delivery.region,
        views=(_view(1, delivery),),
    )


def with_conflict(record: Application, delivery: Delivery) -> Application:
    """Add another view under the same id; nothing of the first is changed."""
    return record.model_copy(
        update={
            "flags": tuple(sorted({*record.flags, Flag.CONFLICT})),
            "views": (*record.views, _view(len(record.views) + 1, delivery)),
        }
    )


def _view(number: int, delivery: Delivery) -> View:
    return View(
        number=number,
        fingerprint=delivery.fingerprint,
        received_at=delivery.received_at,
    )


def _attachment(document: InspectedDocument, delivery: Delivery) -> Attachment:
    came = next((one for one in delivery.documents if one.name == document.name), None)
    return Attachment(
        role=document.role,
        name=document.name,
        sha256=document.name.partition(".")[0],
        size=document.size,
        filename=came.filename if came else None,
        declared_type=came.declared_type if came else None,
        media_type=document.media_type,
        problem=document.problem,
    )


def _flags(
    delivery: Delivery, reading: Reading, attachments: tuple[Attachment, ...]
) -> tuple[Flag, ...]:
    problems = {attachment.problem for attachment in attachments}
    raised = {
        Flag.INCOMPLETE: reading.incomplete or problems & {"missing", "damaged"},
        Flag.ODD_FILE: "unknown-type" in problems,
        Flag.REGION: delivery.region is not None and delivery.region.elsewhere,
    }
    return tuple(sorted(flag for flag, is_up in raised.items() if is_up))
