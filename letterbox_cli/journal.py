"""``letterbox journal``: who saw and who did what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox_cli.options import Json, Ndjson, OptionalId
from letterbox_cli.times import parse_moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from letterbox.domain.journal import JournalFilter, Seen
    from letterbox.journal.reader import JournalReader

_PAGE = 200
_WIDE = 120


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Examples: letterbox journal careerjet:12 · "
        "letterbox journal --operator jane.doe --since 2026-11-01 --ndjson"
    )(journal)


def journal(
    application_id: OptionalId = None,
    operator: Annotated[
        str | None, typer.Option(help="What this operator saw and did.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            metavar="DAY",
            parser=parse_moment,
            help="From this day (UTC) on, such as 2026-11-30.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="So many at most.")
    ] = 50,
    as_json: Json = False,
    ndjson: Ndjson = False,
) -> None:
    """
    Show who saw and who did what, the latest first; nothing of candidates.

    What was asked for is in it; what came of that is in `letterbox history`.
    """
    from itertools import islice

    from letterbox.domain.journal import JournalFilter, day_of
    from letterbox.journal.reader import JournalReader
    from letterbox_cli.context import open_store
    from letterbox_cli.output import line_width, print_items, print_rows

    filters = JournalFilter(
        application=application_id,
        operator=operator,
        since=day_of(since) if since else None,
    )
    entries = islice(_entries(JournalReader(open_store()), filters), limit)
    if as_json or ndjson:
        print_items(entries, ndjson=ndjson)
        return
    width, found = line_width(), list(entries)
    is_wide = width is None or width >= _WIDE
    header = ("at", "what", *(("of",) if is_wide else ()), "by")
    print_rows(
        header,
        [
            (
                f"{entry.at:%Y-%m-%d %H:%M:%S}",
                entry.what.value,
                *((_of(entry),) if is_wide else ()),
                entry.who,
            )
            for entry in found
        ],
        below=[] if is_wide else [_of(entry) for entry in found],
    )


def _entries(reader: JournalReader, filters: JournalFilter) -> Iterator[Seen]:
    before: str | None = ""
    while before is not None:
        page, before = reader.latest(
            filters, _PAGE, before, lambda entry: not entry.is_routine
        )
        yield from (entry.seen for entry in page)


def _of(entry: Seen) -> str:
    return entry.application or entry.position or ", ".join(entry.applications)
