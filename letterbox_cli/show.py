"""``letterbox show``: all that is known of one application."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from letterbox.domain.application import Stage
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.settings import load_settings
from letterbox_cli.in_journal import open_journal
from letterbox_cli.options import ApplicationId, Json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from letterbox.domain.application import Application, Attachment, Hold, Tombstone
    from letterbox.resources import Records
    from letterbox_cli.json_models import ShownApplication
    from letterbox_cli.output import Cell

_ELSEWHERE = frozenset(
    {
        "id",
        "schema_version",
        "stage",
        "flags",
        "attachments",
        "hold",
        "owed",
        "markers",
    }
)


def show(application_id: ApplicationId, as_json: Json = False) -> None:
    """Show all that is known of an application, the candidate included."""
    from letterbox_cli.output import print_fields, print_json, print_line

    shown = find_shown(application_id)
    if shown.record:
        open_journal(load_settings())(JournalAction.READ, application_id)
    if as_json:
        print_json(shown)
        return
    print_fields(_fields(shown))
    if shown.archive:
        typer.echo("\nTo read its documents:")
        print_line(f"letterbox restore {shown.id} --to FOLDER", hanging=2)


def find_shown(application_id: str) -> ShownApplication:
    """Read what the store has, be it open, archived, erased or only accepted."""
    from letterbox_cli.send_update import open_records

    records = open_records(load_settings())
    if tombstone := records.applications.tombstone(application_id):
        return _removed(records, application_id, tombstone)
    try:
        record = _record(records, application_id)
    except DamagedError:
        if records.applications.ended(application_id) is not Stage.ARCHIVED:
            raise
        return _damaged(application_id)
    if record is None:
        return _accepted(records, application_id)
    return _recorded(records, record)


def _record(records: Records, application_id: str) -> Application | None:
    from letterbox.records.people import People

    people = People(records.applications, records.archives, records.holds)
    try:
        return people.record(application_id)
    except NotFoundError:
        message = f"no application {application_id}; see `letterbox list`"
        raise NotFoundError(message) from None


def _removed(
    records: Records, application_id: str, tombstone: Tombstone
) -> ShownApplication:
    from letterbox_cli.json_models import ShownApplication

    hold = records.holds.find(application_id)
    return ShownApplication(
        id=application_id,
        board=application_id.partition(":")[0],
        stage=tombstone.stage,
        hold=hold,
        held_until=hold.until if hold else None,
        tombstone=tombstone,
    )


def _damaged(application_id: str) -> ShownApplication:
    """Return what is known of an application whose archive cannot be read."""
    from letterbox_cli.json_models import ShownApplication

    return ShownApplication(
        id=application_id,
        board=application_id.partition(":")[0],
        stage=Stage.ARCHIVED,
        archive=_archive(application_id),
    )


def _archive(application_id: str) -> str:
    from letterbox.domain import keys

    return f"{load_settings().store_url}/{keys.archive(application_id)}"


def _accepted(records: Records, application_id: str) -> ShownApplication:
    from letterbox_cli.json_models import ShownApplication

    try:
        first = next(records.applications.submissions(application_id), None)
    except ValueError:
        first = None  # It cannot be read, and waits all the same.
    return ShownApplication(
        id=application_id,
        board=application_id.partition(":")[0],
        stage=Stage.RECEIVED,
        received_at=first.received_at if first else None,
    )


def _recorded(records: Records, record: Application) -> ShownApplication:
    from letterbox.domain.listing import Item
    from letterbox_cli.json_models import ShownApplication

    hold = records.holds.find(record.id) or record.hold
    if hold and not hold.is_active(datetime.now(UTC)):
        hold = None
    is_open = records.applications.find(record.id) is not None
    return ShownApplication(
        **Item.of(record).model_dump(),
        hold=hold,
        held_until=hold.until if hold else None,
        archive=None if is_open else _archive(record.id),
        record=record,
    )


def _fields(shown: ShownApplication) -> Iterator[tuple[str, Cell]]:
    """Put first what a person looks for, then the rest of the record."""
    from letterbox_cli.output import styled

    yield "id", shown.id
    yield "stage", styled(shown.stage)
    if shown.flags:
        yield "flags", ", ".join(shown.flags)
    if shown.archive:
        yield "archive", shown.archive
    if shown.tombstone:
        yield from _of_tombstone(shown.tombstone)
    if shown.hold:
        yield from _of_hold(shown.hold)
    if shown.record:
        yield from _of_record(shown.record)
    elif not shown.tombstone:
        yield from _without_record(shown)


def _of_tombstone(tombstone: Tombstone) -> Iterator[tuple[str, Cell]]:
    from letterbox_cli.times import minute

    yield "removed at", f"{minute(tombstone.removed_at)} UTC"
    yield "by", tombstone.by
    yield "reason", tombstone.reason
    yield "objects removed", str(tombstone.removed)


def _of_record(record: Application) -> Iterator[tuple[str, Cell]]:
    yield from _documents(record)
    fields = record.model_dump(mode="json", exclude_none=True, exclude=set(_ELSEWHERE))
    for view in fields["views"]:
        view.pop("attachments", None)
    yield from _flat(fields)
    if record.owed:
        yield "owed to the ATS", ", ".join(event.type for event in record.owed)


def _without_record(shown: ShownApplication) -> Iterator[tuple[str, Cell]]:
    from letterbox_cli.times import minute

    if shown.received_at:
        yield "received at", f"{minute(shown.received_at)} UTC"
    is_archived = shown.archive is not None
    damage = "the archive cannot be read: see `letterbox audit`"
    yield "record", damage if is_archived else "not written yet"


def _of_hold(hold: Hold) -> Iterator[tuple[str, Cell]]:
    from letterbox_cli.times import minute

    until = f"{minute(hold.until)} UTC" if hold.until else "it is released"
    yield "held until", until
    yield "hold", f"{hold.reason} (by {hold.by or 'unknown'}, {minute(hold.placed_at)})"


def _documents(record: Application) -> Iterator[tuple[str, Cell]]:
    """Name each document once, those of views that the record does not show too."""
    for number, document in enumerate(record.all_attachments(), 1):
        yield f"document {number}", _words_of(document)
        if document.name:
            yield "", document.name
        if document.released:
            yield "", f"released by {document.released.by}: {document.released.reason}"


def _words_of(document: Attachment) -> str:
    from rich.filesize import decimal

    words = (
        document.role,
        document.filename or "without a file name",
        decimal(document.size),
        document.media_type or document.declared_type,
        document.scan,
        document.problem,
    )
    return ", ".join(word for word in words if word)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Cell]]:
    """Name each value by its path: ``candidate.emails[0].address``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}".strip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{name}[{number}]")
    else:
        yield name, str(value)
