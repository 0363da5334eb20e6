"""``letterbox export``: all that is held of a person, as one zip."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import NotFoundError, RefusedError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.plurals import plural
from letterbox.settings import load_settings
from letterbox_cli.candidate_address import read_address
from letterbox_cli.in_journal import open_journal
from letterbox_cli.options import By, Json
from letterbox_cli.output import print_line, shown_progress
from letterbox_cli.reach_temporal import announced_wait
from letterbox_cli.send_update import open_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from letterbox.domain.history import History
    from letterbox.resources import Records
    from letterbox.settings import Settings

    Histories = dict[str, History | None]

# Others on the machine have no business with applications.
_FILE_MODE = 0o600


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox export --candidate - --to ada.zip")(export)


def export(
    candidate: Annotated[
        str,
        typer.Option(
            metavar="EMAIL",
            help="Whose; - asks for the address, or reads it from standard input: "
            "other users of this machine can see arguments.",
        ),
    ],
    to: Annotated[
        Path,
        typer.Option(metavar="FILE", help="A new file: a zip.", dir_okay=False),
    ],
    by: By = None,
    as_json: Json = False,
) -> None:
    """
    Write all that is held of a person, and who saw it, into one zip.

    It is readable without Letterbox: README.txt in it says what is where.
    """
    from letterbox_cli.json_models import ExportedCandidate
    from letterbox_cli.output import print_json

    if to.exists():
        raise RefusedError(f"{to} exists already: choose another name")
    address, settings = read_address(candidate), load_settings()
    records = open_records(settings)
    ids, unreadable = _find(records, address)
    write_to_journal = open_journal(settings, by)
    for application_id in ids:
        write_to_journal(JournalAction.EXPORTED, application_id)
    histories = asyncio.run(_histories(settings, ids))
    size = write_file(to, _chunks(settings, histories, unreadable))
    if as_json:
        print_json(
            ExportedCandidate(
                file=str(to), size=size, applications=tuple(ids), unreadable=unreadable
            )
        )
    else:
        print_line(f"{to}: {plural(len(ids), 'application')}")
    for one in _partly_known(histories):
        typer.echo(
            f"warning: the history of {one} may be incomplete: see its history.json",
            err=True,
        )
    if unreadable:
        typer.echo(
            f"{plural(unreadable, 'application')} in the inbox cannot be read, and may "
            "be the candidate's: see `letterbox audit`",
            err=True,
        )
        raise typer.Exit(1)


def _find(records: Records, address: str) -> tuple[list[str], int]:
    from letterbox.domain.privacy import NOBODY_FOUND

    with shown_progress() as show:
        # In this order: what is recorded meanwhile is found by its marker.
        waiting = records.inbox.find(
            address, progress=lambda done: show("searching the inbox", done, None)
        )
    ids = {*waiting.application_ids, *records.candidates.find(address)}
    if not ids:
        raise NotFoundError(NOBODY_FOUND)
    return sorted(ids), len(waiting.unreadable)


async def _histories(settings: Settings, ids: list[str]) -> Histories:
    """Read what has happened, from the store and from Temporal, if that answers."""
    from letterbox_cli.history import open_histories

    histories = await open_histories(settings)
    return await announced_wait(histories.find_all(ids))


def _chunks(
    settings: Settings, histories: Histories, unreadable: int
) -> Iterator[bytes]:
    from letterbox import resources
    from letterbox.records.person_export import PersonExport

    return PersonExport(resources.open_store(settings)).chunks(histories, unreadable)


def _partly_known(histories: Histories) -> list[str]:
    from letterbox.records.person_export import partly_known

    return partly_known(histories)


def write_file(to: Path, chunks: Iterator[bytes]) -> int:
    """Write the file, or none: half a zip looks like a whole one until it is opened."""
    size = 0
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    except OSError as error:
        raise RefusedError(f"the file cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                size += file.write(chunk)
    except OSError as error:
        to.unlink(missing_ok=True)
        raise RefusedError(f"the file cannot be written: {error.strerror}") from None
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return size
