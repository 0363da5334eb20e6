"""``letterbox erase``: one application, or all of a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import LetterboxError, NotFoundError, RefusedError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.plurals import plural
from letterbox.settings import load_settings
from letterbox_cli.candidate_address import read_address
from letterbox_cli.confirmation import DryRun, Yes, refuse_without_terminal
from letterbox_cli.erase_preview import are_all_held, ask, look_at, print_dry_run
from letterbox_cli.in_journal import open_journal
from letterbox_cli.options import By, Json, OptionalId, author, built
from letterbox_cli.output import print_line, shown_progress
from letterbox_cli.send_update import open_records, send_update

if TYPE_CHECKING:
    from letterbox.domain.commands import EraseRequest


def add_to(app: typer.Typer) -> None:
    """Add the command that removes."""
    app.command(
        epilog="Examples: letterbox erase careerjet:12 --reason 'request 17' · "
        "letterbox erase --candidate - --dry-run"
    )(erase)


def erase(
    application_id: OptionalId = None,
    candidate: Annotated[
        str | None,
        typer.Option(
            metavar="EMAIL",
            help="All applications of this person; - asks for the address, or reads it "
            "from standard input: other users of this machine can see arguments.",
        ),
    ] = None,
    reason: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Required, except with --dry-run. It is kept in Temporal and in the "
            "tombstone, and must not name the candidate.",
        ),
    ] = "",
    by: By = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """
    Erase an application, or all of a person; only a tombstone remains.

    Lists what would be removed and asks for confirmation, unless --yes is given.
    """
    from letterbox.domain.commands import EraseRequest

    if (application_id is None) == (candidate is None):
        raise typer.BadParameter("name either an application or --candidate EMAIL")
    if not dry_run:
        if not reason.strip():
            raise typer.BadParameter("--reason is required: the tombstone keeps it")
        refuse_without_terminal(yes=yes)
    args = built(EraseRequest, reason=reason or "none", by=author("erase", by))
    ids, unreadable = [application_id or ""], 0
    if candidate is not None:
        ids, unreadable = _applications_of(read_address(candidate), reason)
    if dry_run:
        previews = look_at(ids)
        print_dry_run(previews, as_json=as_json)
        _end(unreadable, is_done=not are_all_held(previews))
        return
    if not yes:
        ask(look_at(ids))
    rows = []
    with shown_progress() as show:
        for id_ in ids:
            rows.append(_erased(id_, args, by))
            show("erasing", len(rows), len(ids))
    if as_json:
        typer.echo(json.dumps({"items": rows}))
    for row in rows if not as_json else []:
        outcome = row.get("stage") or row.get("refused") or row["failed"]
        print_line(f"{row['id']}: {outcome}", hanging=2)
    _end(unreadable, is_done=all("stage" in row for row in rows))


def _end(unreadable: int, *, is_done: bool) -> None:
    if unreadable:
        _warn(unreadable)
    if unreadable or not is_done:
        raise typer.Exit(1)


def _erased(application_id: str, args: EraseRequest, by: str | None) -> dict[str, str]:
    """Erase one; what is held, or fails, does not keep the others from it."""
    try:
        status = send_update(
            application_id,
            lambda updates: updates.erase(application_id, args),
            JournalAction.ERASE,
            args.reason,
            by,
        )
    except RefusedError as error:
        return {"id": application_id, "refused": str(error)}
    except LetterboxError as error:
        return {"id": application_id, "failed": str(error)}
    return {"id": application_id, "stage": status.stage}


def _applications_of(address: str, reason: str) -> tuple[list[str], int]:
    """Return a person's applications, and how many inbox records are unreadable."""
    from letterbox.domain.privacy import NOBODY_FOUND, refuse_address

    refuse_address(reason)
    records = open_records(load_settings())
    marked = records.candidates.find(address)
    with shown_progress() as show:
        waiting = records.inbox.find(
            address, progress=lambda done: show("searching the inbox", done, None)
        )
    # Once more: what was recorded meanwhile has left the inbox.
    again = records.candidates.find(address)
    ids = list(dict.fromkeys((*marked, *waiting.application_ids, *again)))
    open_journal(load_settings())(JournalAction.SEARCHED, applications=ids)
    if not ids and waiting.unreadable:
        _warn(len(waiting.unreadable))
    if not ids:
        raise NotFoundError(NOBODY_FOUND)
    return ids, len(waiting.unreadable)


def _warn(count: int) -> None:
    typer.echo(
        f"{plural(count, 'application')} in the inbox cannot be read, and may be the "
        "candidate's: see `letterbox audit`",
        err=True,
    )
