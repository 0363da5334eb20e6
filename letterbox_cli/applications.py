"""``letterbox list``: the applications, as Temporal or the store knows them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.application import Flag, Stage
from letterbox.settings import load_settings
from letterbox.settings.sources import settings_read_from
from letterbox_cli.completion import boards
from letterbox_cli.options import Json, Ndjson, built
from letterbox_cli.show import show
from letterbox_cli.times import parse_moment

if TYPE_CHECKING:
    from letterbox.domain.listing import Item
    from letterbox_cli.json_models import ListedApplications
    from letterbox_cli.output import Cell

# As a line needs it, with an id of Careerjet or SEEK, a reason and an archive date.
_WIDE = 150


def add_to(app: typer.Typer) -> None:
    """Add the commands that read applications."""
    app.command("list", epilog="Example: letterbox list --stage triage")(list_)
    app.command(epilog="Example: letterbox show careerjet:12345678-aaaa")(show)


def _known_board(name: str | None) -> str | None:
    from letterbox.boards import discover

    if name is not None and name not in discover():
        raise typer.BadParameter(f"must be one of {', '.join(discover())}")
    return name


StageFilter = Annotated[
    Stage | None,
    typer.Option(metavar="STAGE", help=f"Only this stage: {', '.join(Stage)}."),
]
BoardFilter = Annotated[
    str | None,
    typer.Option(help="Only this board.", callback=_known_board, autocompletion=boards),
]
PositionFilter = Annotated[
    str | None, typer.Option(metavar="REF", help="Only this position.")
]
HirerFilter = Annotated[str | None, typer.Option(help="Only this hirer.")]
FlagFilter = Annotated[
    Flag | None,
    typer.Option(metavar="FLAG", help=f"Only with this flag: {', '.join(Flag)}."),
]
ReceivedAfter = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME",
        parser=parse_moment,
        help="Received at this time (UTC) or later, such as 2026-11-30 or "
        "2026-11-30T09:00.",
    ),
]
ReceivedBefore = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME", parser=parse_moment, help="Received before this time (UTC)."
    ),
]
CandidateFilter = Annotated[
    str | None,
    typer.Option(
        metavar="EMAIL",
        help="Only those of this person, archived ones too, from the store; - asks "
        "for the address, or reads it from standard input: arguments are seen by "
        "others on this machine.",
    ),
]
Limit = Annotated[int, typer.Option(metavar="N", help="How many at most.", min=1)]
Everything = Annotated[
    bool, typer.Option("--all", help="All of them, whatever --limit says.")
]
Cursor = Annotated[
    str | None, typer.Option(help="`next` of the list before, with the same filters.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")]


def list_(
    stage: StageFilter = None,
    board: BoardFilter = None,
    position: PositionFilter = None,
    hirer: HirerFilter = None,
    flag: FlagFilter = None,
    received_after: ReceivedAfter = None,
    received_before: ReceivedBefore = None,
    candidate: CandidateFilter = None,
    limit: Limit = 50,
    everything: Everything = False,
    cursor: Cursor = None,
    as_json: Json = False,
    ndjson: Ndjson = False,
    as_csv: Csv = False,
) -> None:
    """
    List applications, as Temporal knows them.

    The open ones come first, the latest started at the top; then those that have
    ended, the latest ended first, for as long as Temporal remembers them.
    """
    from letterbox.domain.listing import Filter
    from letterbox_cli.application_pages import of_candidate, of_temporal
    from letterbox_cli.candidate_address import read_address
    from letterbox_cli.output import print_items, print_json

    filters = built(
        Filter,
        stage=stage,
        board=board,
        position=position,
        hirer=hirer,
        flag=flag,
        received_after=received_after,
        received_before=received_before,
    )
    at_most = None if everything else limit
    settings = load_settings()
    if candidate is None:
        page = asyncio.run(of_temporal(settings, filters, at_most, cursor))
    else:
        address = read_address(candidate)
        page = of_candidate(settings, address, filters, at_most, cursor)
    if ndjson:
        print_items(page.items, ndjson=True)
    elif as_csv:
        _print_csv(page)
    elif as_json:
        print_json(page)
    else:
        _print(page)


def _print_csv(page: ListedApplications) -> None:
    from letterbox.domain.csv_lines import heading, line_of

    # Its lines end as the standard has it, and as a spreadsheet writes them.
    typer.echo(heading() + "".join(map(line_of, page.items)), nl=False)
    _hint_at_more(page)


def _print(page: ListedApplications) -> None:
    from letterbox_cli.output import line_width, print_line

    count = len(page.items)
    if not count:
        print_line(f"none found; settings: {settings_read_from()}", err=True)
        return
    width = line_width()
    if width is None or width >= _WIDE:
        _print_wide(page.items)
    else:
        _print_narrow(page.items)
    _hint_at_more(page)


def _hint_at_more(page: ListedApplications) -> None:
    if page.next:
        count = len(page.items)
        shown = f"{count} of {page.total} shown"
        if page.total is None:
            shown = f"{count} shown, and there are more"
        typer.echo(f"{shown}: --limit N or --all shows more", err=True)


def _print_wide(items: tuple[Item, ...]) -> None:
    """Print each on one line, which other programs can read and filter."""
    from letterbox_cli.output import print_rows
    from letterbox_cli.times import day

    header = ("application", "received", "age", "stage", "board", "position", "flags")
    print_rows(
        (*header, "archive by"),
        (
            (
                item.id,
                *_when_and_where(item),
                _position(item),
                ", ".join(item.flags),
                day(item.archive_by),
            )
            for item in items
        ),
    )


def _print_narrow(items: tuple[Item, ...]) -> None:
    """Print each on two lines, the second of which has the whole id."""
    from letterbox_cli.output import print_rows

    print_rows(
        ("received", "age", "stage", "board", "position"),
        ((*_when_and_where(item), _position(item)) for item in items),
        below=[_id_and_more(item) for item in items],
    )


def _when_and_where(item: Item) -> tuple[Cell, ...]:
    from letterbox_cli.output import styled
    from letterbox_cli.times import age, minute

    received = minute(item.received_at)
    how_long = age(item.received_at, datetime.now(UTC))
    return received, how_long, styled(item.stage), item.board


def _position(item: Item) -> str:
    """Return the position; or what the board calls it, and why none is matched."""
    if item.position:
        return f"{item.position} ({item.hirer})" if item.hirer else item.position
    return ": ".join(filter(None, (item.job_reference, item.triage)))


def _id_and_more(item: Item) -> str:
    from letterbox_cli.times import day

    due = f"archive by {day(item.archive_by)}" if item.archive_by else ""
    return "  ".join(filter(None, (item.id, ", ".join(item.flags), due)))
