"""``letterbox history``: what has happened to one application."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.settings import Settings, load_settings
from letterbox_cli.in_journal import open_journal
from letterbox_cli.known_ats import has_ats
from letterbox_cli.options import ApplicationId, Json, Ndjson
from letterbox_cli.output import line_width, print_json
from letterbox_cli.reach_temporal import announced_wait
from letterbox_cli.send_update import open_records

if TYPE_CHECKING:
    from letterbox.domain.history import Happening, History, Waiting
    from letterbox.history import Histories

_EVERY_SECONDS = 2.0
# Beside the time and the event there must be room for words.
_MIN_WIDTH = 60
_INDENT = " " * 32


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox history careerjet:12 --follow")(history)


def history(
    application_id: ApplicationId,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow", "-f", help="Continue, and print what happens, until Ctrl-C."
        ),
    ] = False,
    as_json: Json = False,
    as_ndjson: Ndjson = False,
) -> None:
    """
    Show what has happened to an application.

    It asks the store and Temporal; if one is down, it shows what the other knows.
    Times are UTC.
    """
    if follow and as_json:
        raise typer.BadParameter("--follow needs --ndjson, not --json")
    settings = load_settings()
    try:
        asyncio.run(
            _tell(
                settings,
                application_id,
                follow=follow,
                style="json" if as_json else "ndjson" if as_ndjson else "text",
            )
        )
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


async def _tell(
    settings: Settings, application_id: str, *, follow: bool, style: str
) -> None:
    histories = await open_histories(settings)
    try:
        story = await announced_wait(histories.find(application_id))
    except NotFoundError:
        raise NotFoundError(
            f"no application {application_id}; see `letterbox list`"
        ) from None
    write_to_journal = open_journal(settings)
    await asyncio.to_thread(write_to_journal, JournalAction.HISTORY, application_id)
    if style == "json":
        print_json(story)
        return
    if style == "text":
        typer.echo(_heading(story))
    printed = set(_print(story, style, set()))
    if style == "text" and story.waiting:
        is_wanted = await asyncio.to_thread(has_ats, settings)
        for waiting in story.waiting:
            typer.echo(line_of_waiting(waiting, has_ats=is_wanted))
    for note in story.notes:
        typer.echo(f"note: {note}", err=True)
    if follow:
        seconds = f"every {_EVERY_SECONDS:g} s"
        typer.echo(f"Checking {seconds} for news; Ctrl-C stops.", err=True)
    while follow:
        await asyncio.sleep(_EVERY_SECONDS)
        story = await histories.find(application_id)
        printed |= set(_print(story, style, printed))


async def open_histories(settings: Settings) -> Histories:
    """Open what is asked: the store, and Temporal once it is needed."""
    from letterbox.history import Histories
    from letterbox.resources import open_store
    from letterbox.temporal.client import connect

    client = await connect(settings, lazy=True)
    store = open_store(settings, hurried=True)
    return Histories(store, open_records(settings), client, settings.task_queue)


def _print(found: History, style: str, printed: set[str]) -> Iterator[str]:
    """Print what is not printed yet, and yield what it goes by."""
    counts: dict[str, int] = {}
    for item in found.items:
        # By kind and number: what was not dated may be dated meanwhile.
        kind = f"{item.event} {item.type or ''}"
        counts[kind] = counts.get(kind, 0) + 1
        name = f"{kind} {counts[kind]}"
        if name not in printed:
            if style == "text":
                typer.echo(line_of(item, found.board))
            else:
                print_json(item)
        yield name


def _heading(found: History) -> str:
    due = f", to be archived {found.archive_by:%Y-%m-%d}" if found.archive_by else ""
    return f"{found.id}\n{found.stage}{due}"


def line_of(item: Happening, board: str) -> str:
    """Return the line, or lines, of one thing that has happened."""
    at = f"{item.at:%Y-%m-%d %H:%M:%S}" if item.at else "at an unknown time"
    about = [
        item.event == "received" and f"from {board}",
        item.position,
        item.type and item.type.value,
        item.status and item.status.value,
        item.attempts and item.attempts > 1 and f"after {item.attempts} attempts",
        item.view and item.view > 1 and f"view {item.view}",
        item.until and f"until {item.until:%Y-%m-%d}",
        item.reason and f'"{item.reason}"' if item.by else item.reason,
        item.event == "held" and item.reason is None and "reason unknown",
        item.by and f"by {item.by}",
    ]
    words = ", ".join(str(word) for word in about if word)
    return _wrapped(f"{at:<19}  {item.event:<9}  {words}".rstrip())


def line_of_waiting(waiting: Waiting, *, has_ats: bool = True) -> str:
    """Return the lines of what is tried again, or has nobody to be sent to."""
    what = waiting.type.value if waiting.type else waiting.step
    since = f" since {waiting.since:%Y-%m-%d %H:%M:%S}" if waiting.since else ""
    is_event = waiting.step == "deliver"
    words = f"the ATS has not accepted it yet{since}" if is_event else "being retried"
    if waiting.step == "send_status":
        what, words = "status", f"the board has not accepted it yet{since}"
    if is_event and not has_ats:
        words = "no ATS is configured; `letterbox deliver` sends it later"
    attempts = f"; attempt {waiting.attempts}" if waiting.attempts else ""
    reason = f": {waiting.reason}" if waiting.reason else ""
    return _wrapped(f"{'':<19}  waiting    {what}: {words}{attempts}{reason}")


def _wrapped(line: str) -> str:
    """Break a line where the terminal ends; in a pipe, nowhere."""
    # A reason is whatever somebody typed: nothing of it moves the cursor.
    line = "".join(one if one.isprintable() else "?" for one in line)
    width = line_width()
    if width is None:
        return line
    return "\n".join(
        row.rstrip()
        for row in textwrap.wrap(
            line,
            max(width, _MIN_WIDTH),
            subsequent_indent=_INDENT,
            drop_whitespace=False,
            break_long_words=False,
            break_on_hyphens=False,
        )
    ).replace("\n" + _INDENT + " ", "\n" + _INDENT)
