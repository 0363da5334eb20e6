"""Finds an application in the store: open, archived or removed. Blocking."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import HTTPException

from api.operator.dependencies import OperatorServices
from letterbox.domain.application import Application, Attachment, Tombstone, View
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.operators import Operator
from letterbox.domain.privacy import reject_personal_data
from letterbox.domain.status import hirer_of


def look_up(services: OperatorServices, application_id: str) -> Application | None:
    """
    Find the record, open or archived; None where it is accepted and not recorded yet.

    Raises NotFoundError, and 410 where only a tombstone is left: that is looked for
    first, since an erasure that was cut short leaves more than it.
    """
    if tombstone := find_tombstone(services, application_id):
        raise _gone(tombstone)
    return services.people.record(application_id)


def with_documents(services: OperatorServices, record: Application) -> Application:
    """Name the documents of views that were recorded before their views named them."""
    views = tuple(
        view
        if view.attachments
        else view.model_copy(
            update={"attachments": _documents_of(services, record, view)}
        )
        for view in record.views
    )
    return record.model_copy(update={"views": views})


def _documents_of(
    services: OperatorServices, record: Application, view: View
) -> tuple[Attachment, ...]:
    """Read them from the source: it has what was submitted, not what was recognised."""
    try:
        submission = services.applications.view(record.id, view.number)
    except (FileNotFoundError, ValueError):
        return ()
    known = {attachment.name: attachment for attachment in record.attachments}
    return tuple(
        known.get(document.name)
        or Attachment(
            role=document.role,
            name=document.name,
            sha256=document.sha256,
            size=document.size,
            filename=document.filename,
            declared_type=document.declared_type,
            media_type=None,
        )
        for document in submission.documents
    )


def find_tombstone(services: OperatorServices, application_id: str) -> Tombstone | None:
    """Return the tombstone of an application that was removed."""
    refuse_if_no_id(application_id)
    return services.applications.tombstone(application_id)


def refuse_if_no_id(application_id: str) -> None:
    """Refuse what is no board's id, and not always a valid key (NotFoundError)."""
    if ":" not in application_id:
        raise NotFoundError("no such application")


def look_up_readable(
    services: OperatorServices, application_id: str
) -> Application | None:
    """Do as ``look_up``, and return None for a record that is damaged too."""
    try:
        return look_up(services, application_id)
    except DamagedError:
        return None


def checked(
    services: OperatorServices, application_id: str, reason: str | None = None
) -> Application | None:
    """Refuse what Temporal need not be asked, or must not be told; read the record."""
    record = look_up_readable(services, application_id)
    if reason and record:
        reject_personal_data(reason, record)
    return record


def refuse_if_hidden(
    services: OperatorServices, operator: Operator, application_id: str
) -> None:
    """
    Refuse an application that its hirer does not let an operator see, as none at all.

    So is what has no hirer, or none that can be read: what is not recorded, removed
    or damaged (NotFoundError).
    """
    if operator.hirers is None:
        return
    refuse_if_no_id(application_id)
    try:
        record = services.people.record(application_id)
    except DamagedError:
        record = None
    if record is None or not operator.sees(hirer_of(record)):
        raise NotFoundError("no such application")


def is_visible(
    services: OperatorServices, operator: Operator, application_id: str
) -> bool:
    """Return whether its hirer lets an operator see an application."""
    try:
        refuse_if_hidden(services, operator, application_id)
    except NotFoundError:
        return False
    return True


def _moment(moment: datetime) -> str:
    """Write a moment as all others are: in UTC, with a ``Z`` at its end."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _gone(tombstone: Tombstone) -> HTTPException:
    """Return a 410 with the time; the reason may be for the operator only."""
    return HTTPException(
        HTTPStatus.GONE,
        {
            "detail": f"the application was {tombstone.stage}",
            "stage": tombstone.stage,
            "removed_at": _moment(tombstone.removed_at),
        },
    )
