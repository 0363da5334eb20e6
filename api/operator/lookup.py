"""What the store holds of an application, wherever it lies. Blocking."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import HTTPException

from api.operator.dependencies import Desk
from letterbox.domain.application import Application, Attachment, Flag, Tombstone, View
from letterbox.domain.errors import DamagedError, NotFoundError


def look_up(desk: Desk, application_id: str) -> Application | None:
    """
    Find the record, open or archived; None where it is accepted and not recorded yet.

    Raises NotFoundError, and 410 where only a tombstone is left: that is looked for
    first, since an erasure that was cut short leaves more than it.
    """
    if tombstone := find_tombstone(desk, application_id):
        raise gone(tombstone)
    if record := desk.applications.find(application_id):
        return record
    try:
        return _archived(desk, application_id)
    except FileNotFoundError:
        pass
    if not desk.applications.known(application_id):
        raise NotFoundError("no such application")
    return None


def with_documents(desk: Desk, record: Application) -> Application:
    """Name the documents of views that were recorded before their views named them."""
    views = tuple(
        view
        if view.attachments
        else view.model_copy(update={"attachments": _kept(desk, record, view)})
        for view in record.views
    )
    return record.model_copy(update={"views": views})


def _kept(desk: Desk, record: Application, view: View) -> tuple[Attachment, ...]:
    """Tell them by the source: it has what came with a delivery, not what was found."""
    try:
        delivery = desk.applications.view(record.id, view.number)
    except (FileNotFoundError, ValueError):
        return ()
    known = {one.name: one for one in record.attachments}
    return tuple(
        known.get(one.name)
        or Attachment(
            role=one.role,
            name=one.name,
            sha256=one.sha256,
            size=one.size,
            filename=one.filename,
            declared_type=one.declared_type,
            media_type=None,
        )
        for one in delivery.documents
    )


def find_tombstone(desk: Desk, application_id: str) -> Tombstone | None:
    """Tell when and why an application was removed."""
    if ":" not in application_id:
        # No board's, and not always a key.
        raise NotFoundError("no such application")
    return desk.applications.tombstone(application_id)


def known(desk: Desk, application_id: str) -> Application | None:
    """Do as ``look_up``, for who can do without a record: it may be damaged."""
    try:
        return look_up(desk, application_id)
    except DamagedError:
        return None


def gone(tombstone: Tombstone) -> HTTPException:
    """Say so, and when; why may be nobody's business but the operator's."""
    return HTTPException(
        HTTPStatus.GONE,
        {
            "detail": f"the application was {tombstone.stage}",
            "stage": tombstone.stage,
            "removed_at": tombstone.removed_at.isoformat(),
        },
    )


def _archived(desk: Desk, application_id: str) -> Application:
    """Read the archive, and the hold, which may have been placed since."""
    record = desk.archives.record(application_id)
    hold = desk.holds.find(application_id)
    if hold and not hold.is_active(datetime.now(UTC)):
        hold = None
    flags = {*record.flags} - {Flag.HELD} | ({Flag.HELD} if hold else set())
    return record.model_copy(update={"hold": hold, "flags": tuple(sorted(flags))})
