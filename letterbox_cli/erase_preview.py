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
    previews = ErasurePreviewer(
        open_store(),
        applications=records.applications,
        archives=records.archives,
        holds=records.holds,
    )
    found = [one for id_ in ids if (one := previews.of(id_))]
    if not found:
        raise NotFoundError(f"no application {ids[0]}; see `letterbox list`")
    return found


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
    return all(one.held for one in previews)


def _lines(previews: Sequence[ErasurePreview]) -> list[str]:
    """Write lines that fit a terminal, of which an id may take most."""
    lines = []
    for one in previews:
        received = f", received {one.received_at:%Y-%m-%d}" if one.received_at else ""
        position = f", position {one.position}" if one.position else ""
        lines += [one.id, f"  {one.stage}{position}{received}, {_holds(one)}"]
        if one.held:
            lines.append("  HELD: will not be erased")
    return lines


def _holds(one: ErasurePreview) -> str:
    archive = ", 1 archive" if one.archives else ""
    return f"{plural(one.documents, 'document')}{archive}"


def _count(previews: Sequence[ErasurePreview]) -> str:
    """Count what would go; what is held is none of it."""
    leaving = [one for one in previews if not one.held]
    counts = ", ".join(
        (
            plural(len(leaving), "application"),
            plural(sum(one.documents for one in leaving), "document"),
            plural(sum(one.archives for one in leaving), "archive"),
        )
    )
    return f"{counts} ({held})" if (held := _held_words(previews)) else counts


def _held_words(previews: Sequence[ErasurePreview]) -> str:
    count = sum(1 for one in previews if one.held)
    return f"{count} {'is' if count == 1 else 'are'} held" if count else ""
