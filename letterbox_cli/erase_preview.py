"""Shows what ``letterbox erase`` would remove, before it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from letterbox.domain.errors import NotFoundError, RefusedError
from letterbox.domain.plurals import plural
from letterbox.settings import load_settings
from letterbox_cli.confirmation import confirm
from letterbox_cli.output import print_items
from letterbox_cli.send_update import open_records

if TYPE_CHECKING:
    from letterbox.records.erasure_preview import ErasurePreview


def look_at(ids: Sequence[str]) -> list[ErasurePreview]:
    """Read what there is of each; NotFoundError where there is none of any."""
    from letterbox.records.erasure_preview import ErasurePreviewer
    from letterbox_cli.context import open_store

    records = open_records(load_settings())
    previewer = ErasurePreviewer(
        open_store(),
        applications=records.applications,
        archives=records.archives,
        holds=records.holds,
    )
    previews = [preview for id_ in ids if (preview := previewer.of(id_))]
    if not previews:
        raise NotFoundError(f"no application {ids[0]}; see `letterbox list`")
    return previews


def print_dry_run(previews: Sequence[ErasurePreview], *, as_json: bool) -> None:
    """Print what would be removed to standard output."""
    if as_json:
        print_items(previews)
        return
    typer.echo("\n".join(_lines(previews)))
    typer.echo(f"would be erased: {_count(previews)}\nnothing was done")


def ask(previews: Sequence[ErasurePreview]) -> None:
    """
    Show what would be removed on standard error, and ask; Exit where it is not.

    RefusedError where all of it is held: then there is nothing to ask.
    """
    typer.echo("\n".join(_lines(previews)), err=True)
    if are_all_held(previews):
        raise RefusedError(f"nothing can be erased: {_held_words(previews)}")
    question = f"Erase {_count(previews)}? This cannot be undone"
    confirm(question, yes=False)


def are_all_held(previews: Sequence[ErasurePreview]) -> bool:
    """Return whether nothing of it would be erased, because of legal holds."""
    return all(preview.held for preview in previews)


def _lines(previews: Sequence[ErasurePreview]) -> list[str]:
    """Write lines that fit a terminal, of which an id may take most."""
    lines = []
    for preview in previews:
        received = (
            f", received {preview.received_at:%Y-%m-%d}" if preview.received_at else ""
        )
        position = f", position {preview.position}" if preview.position else ""
        lines += [
            preview.id,
            f"  {preview.stage}{position}{received}, {_holds(preview)}",
        ]
        if preview.held:
            lines.append("  HELD: will not be erased")
    return lines


def _holds(preview: ErasurePreview) -> str:
    archive = ", 1 archive" if preview.archives else ""
    return f"{plural(preview.documents, 'document')}{archive}"


def _count(previews: Sequence[ErasurePreview]) -> str:
    """Count what would go; what is held is none of it."""
    leaving = [preview for preview in previews if not preview.held]
    counts = ", ".join(
        (
            plural(len(leaving), "application"),
            plural(sum(preview.documents for preview in leaving), "document"),
            plural(sum(preview.archives for preview in leaving), "archive"),
        )
    )
    return f"{counts} ({held})" if (held := _held_words(previews)) else counts


def _held_words(previews: Sequence[ErasurePreview]) -> str:
    count = sum(1 for preview in previews if preview.held)
    return f"{count} {'is' if count == 1 else 'are'} held" if count else ""
