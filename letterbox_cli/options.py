"""Arguments and options that several commands share."""

import getpass
import re
from typing import Annotated

import typer

from letterbox_cli.completion import application_ids

JSON_OPTIONS = frozenset({"--json", "--ndjson"})
"""With one of them, whatever a command prints is for a program to read."""
_MAX_LENGTH = 100
_UNPRINTABLE = re.compile(r"[\x00-\x1f]")


def _checked(by: str | None) -> str | None:
    if by is not None and (not by.strip() or _UNPRINTABLE.search(by)):
        raise typer.BadParameter("must be a name, without control characters")
    if by is not None and len(by) > _MAX_LENGTH:
        raise typer.BadParameter(f"must have at most {_MAX_LENGTH} characters")
    return by


ApplicationId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="Such as careerjet:<uuid>.",
        autocompletion=application_ids,
    ),
]
OptionalId = Annotated[
    str | None,
    typer.Argument(
        metavar="ID",
        help="Such as careerjet:<uuid>.",
        autocompletion=application_ids,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object; errors are JSON too.")
]
Ndjson = Annotated[
    bool, typer.Option("--ndjson", help="Print one JSON object a line for each item.")
]
Reason = Annotated[
    str,
    typer.Option(
        metavar="TEXT", help="Kept in Temporal: it must not name the candidate."
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        metavar="WHO",
        callback=_checked,
        help="Who asked for this; kept with it. Default: your login on this machine.",
    ),
]


def author(command: str, by: str | None) -> str:
    """Return who gives a command; by default the user of this machine."""
    if by:
        return by
    try:
        user = _UNPRINTABLE.sub("", getpass.getuser())
    except (KeyError, OSError):
        # A container may run as a user without a name.
        user = ""
    name = f"letterbox {command}"
    return f"{name} by {user}"[:_MAX_LENGTH] if user else name
