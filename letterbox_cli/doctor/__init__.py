"""``letterbox doctor``: checks an installation, and says what is wrong with it."""

import asyncio

import typer

from letterbox_cli.options import Json, Ndjson

_MARKS = {"ok": "ok", "warning": "note", "wrong": "WRONG"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox doctor --json")(doctor)


def doctor(as_json: Json = False, ndjson: Ndjson = False) -> None:
    """Check settings, store, Temporal, boards and ATS, and say what is wrong."""
    from letterbox_cli.doctor.diagnosis import diagnose
    from letterbox_cli.output import print_items, print_marked

    results = asyncio.run(diagnose())
    is_fine = all(result.fine for result in results)
    if as_json or ndjson:
        print_items(results, ndjson=ndjson, fine=is_fine)
    else:
        for result in results:
            print_marked(_MARKS[result.level], result.what, result.words)
    if not is_fine:
        raise typer.Exit(1)
