"""Arguments and options that several commands share."""

import getpass
import re
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from letterbox.domain.errors import NotFoundError
from letterbox_cli.completion import application_ids

if TYPE_CHECKING:
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")

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


def _checked_id(application_id: str | None) -> str | None:
    """Refuse what is no board's id, and not always part of a key (NotFoundError)."""
    if application_id is not None and ":" not in application_id:
        if not application_id.strip():
            raise typer.BadParameter("is empty: give the id of an application")
        raise NotFoundError(f"no application {application_id}; see `letterbox list`")
    return application_id


ApplicationId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        callback=_checked_id,
        help="Such as careerjet:<uuid>.",
        autocompletion=application_ids,
    ),
]
OptionalId = Annotated[
    str | None,
    typer.Argument(
        metavar="ID",
        callback=_checked_id,
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


def built(model: type[Model], **values: Any) -> Model:
    """Build what a command sends or looks for (BadParameter for a wrong value)."""
    from pydantic import ValidationError

    from letterbox.domain.patterns import message_of

    try:
        return model(**values)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        name = str(fault["loc"][0]).replace("_", "-")
        words = message_of(fault["type"], fault["msg"], fault.get("ctx"))
        words = words.replace("String should", "must")
        raise typer.BadParameter(f"{name}: {words}") from None


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
