"""``letterbox restore``: verifies an archive and unpacks it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.plurals import plural
from letterbox_cli.in_journal import journal_in
from letterbox_cli.options import Json

if TYPE_CHECKING:
    from letterbox.domain.application import Stage
    from letterbox.domain.ending_ports import Packed
    from letterbox.domain.ports import ObjectStore


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(
        epilog="Example: letterbox restore careerjet:12345678-aaaa --to restored"
    )(restore)


def restore(
    application_id: Annotated[
        str, typer.Argument(metavar="ID", help="Such as careerjet:<uuid>.")
    ],
    to: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="A new or an empty folder.", file_okay=False
        ),
    ],
    as_json: Json = False,
) -> None:
    """Verify an archive and unpack it into a folder; the archive does not change."""
    from rich.console import Console
    from rich.filesize import decimal

    from letterbox import resources
    from letterbox.settings import load_settings
    from letterbox_cli.output import print_json, print_line

    # It is not prepared for use, as by other commands: it may be a backup.
    store = resources.open_store(load_settings())
    with Console(stderr=True).status("reading and verifying the archive"):
        packed = _unpack(store, application_id, to)
    journal_in(store)(JournalAction.RESTORED, application_id)
    if as_json:
        from letterbox_cli.json_models import Restored

        restored = Restored(
            id=application_id, folder=str(to), size=packed.size, files=packed.files
        )
        print_json(restored)
    else:
        print_line(
            f"{application_id}: verified, and unpacked into {to}: "
            f"{plural(packed.files, 'file')}, {decimal(packed.size)}"
        )


def _unpack(store: ObjectStore, application_id: str, folder: Path) -> Packed:
    from letterbox.archive.archives import BagArchives
    from letterbox.records.applications import StoredApplications
    from letterbox.records.holds import StoredHolds

    try:
        return BagArchives(store, StoredHolds(store)).unpack(application_id, folder)
    except FileNotFoundError:
        stage = StoredApplications(store).ended(application_id)
        raise NotFoundError(_absence(application_id, stage)) from None
    except DamagedError as error:
        raise DamagedError(f"{error}; nothing was unpacked") from None


def _absence(application_id: str, stage: Stage | None) -> str:
    if stage:
        return f"{application_id} was {stage}: nothing is left to restore"
    return (
        f"no archive of {application_id}; it may still be open: see "
        f"`letterbox show {application_id}`"
    )
