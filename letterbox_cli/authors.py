"""Who gives a command: kept with what it does."""

import getpass
import re
from typing import Annotated

import typer

_MAX_LENGTH = 100
_UNPRINTABLE = re.compile(r"[\x00-\x1f]")


def _checked(by: str | None) -> str | None:
    if by is not None and (not by.strip() or _UNPRINTABLE.search(by)):
        raise typer.BadParameter("must be a name, without control characters")
    if by is not None and len(by) > _MAX_LENGTH:
        raise typer.BadParameter(f"must have at most {_MAX_LENGTH} characters")
    return by


By = Annotated[
    str | None,
    typer.Option(
        metavar="WHO",
        callback=_checked,
        help="Who asks for it, kept with it; by default you, as this machine knows.",
    ),
]


def author(command: str, by: str | None) -> str:
    """Name who gives a command; by default the user of this machine."""
    if by:
        return by
    try:
        user = _UNPRINTABLE.sub("", getpass.getuser())
    except (KeyError, OSError):
        # A container may run as a user without a name.
        user = ""
    return (
        f"letterbox {command} by {user}"[:_MAX_LENGTH]
        if user
        else f"letterbox {command}"
    )
