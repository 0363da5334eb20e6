"""``letterbox operators``: who may call the operator API, and what each may do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import SettingsError
from letterbox.domain.operators import OperatorRole
from letterbox.settings import load_settings
from letterbox_cli.command_line import CommandLine
from letterbox_cli.options import Json, Ndjson
from letterbox_cli.times import parse_moment

if TYPE_CHECKING:
    from letterbox.operators.file import StoredOperator
    from letterbox_cli.operator_models import ListedOperator

app = CommandLine(
    help="Manage who may call the operator API, and what each may do.",
    no_args_is_help=True,
    epilog="Example: letterbox operators add jane.doe --role triage",
)

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="At most 32 of A-Z, a-z, 0-9 and . _ -"),
]
Expires = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME",
        parser=parse_moment,
        help="When the token expires, such as 2027-03-01; never by default.",
    ),
]


@app.command(
    epilog="Example: letterbox operators add ats-acme --role triage --hirer acme"
)
def add(
    name: Name,
    role: Annotated[
        OperatorRole | None, typer.Option(help="viewer, triage, privacy or admin.")
    ] = None,
    hirer: Annotated[
        list[str] | None,
        typer.Option(help="Limit it to a hirer's applications; may be repeated."),
    ] = None,
    expires: Expires = None,
    as_json: Json = False,
) -> None:
    """
    Add an operator, or another token for one; the token is shown this once.

    To rotate, add a token, put it where the old one is used, and revoke the old one.
    Running API processes read the file within two seconds.
    """
    from letterbox.operators import changes
    from letterbox_cli.operator_models import AddedOperator
    from letterbox_cli.output import print_json, print_line
    from letterbox_cli.times import minute

    added = changes.add(_path(), name, role, tuple(hirer or ()), expires)
    if as_json:
        shown = _shown(added.operator)
        fields = shown.model_dump() | {"token": added.token, "token_id": added.token_id}
        print_json(AddedOperator.model_validate(fields))
        return
    print_line(f"{name} ({added.operator.role}), token {added.token_id}:")
    typer.echo(added.token)
    if expires:
        print_line(f"It expires on {minute(expires)} UTC.")
    print_line("Keep it now: it is stored as a hash, and cannot be shown again.")


@app.command("list", epilog="Example: letterbox operators list --json")
def list_(as_json: Json = False, ndjson: Ndjson = False) -> None:
    """List the operators, their roles and the names of their tokens."""
    from letterbox.operators.file import read
    from letterbox_cli.output import print_items, print_rows
    from letterbox_cli.times import day

    operators = [_shown(one) for one in read(_path()).operators]
    if as_json or ndjson:
        print_items(operators, ndjson=ndjson)
        return
    print_rows(
        ("operator", "role", "hirers", "token", "added", "expires"),
        (
            (
                one.name,
                one.role,
                "all" if one.hirers is None else ", ".join(one.hirers),
                token.id if token else "none",
                day(token.added) if token else "",
                day(_sooner(one.expires, token.expires if token else None)) or "never",
            )
            for one in operators
            for token in one.tokens or (None,)
        ),
    )


@app.command(epilog="Example: letterbox operators revoke jane.doe --token 4fz0k2m9x1ab")
def revoke(
    name: Name,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Only this token, as `letterbox operators list` has it."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Remove an operator, or one of its tokens.

    Running API processes refuse it within two seconds.
    """
    from letterbox.operators import changes
    from letterbox_cli.operator_models import RevokedOperator
    from letterbox_cli.output import print_json, print_line

    left = changes.revoke(_path(), name, token)
    tokens = len(left.tokens) if left else 0
    if as_json:
        revoked = RevokedOperator(name=name, token=token, tokens_left=tokens)
        print_json(revoked)
    elif left is None:
        print_line(f"{name} is removed")
    else:
        print_line(f"{name}: token {token} is revoked, {tokens} left")


def _path() -> Path:
    path = load_settings().operators
    if path is None:
        raise SettingsError(
            "LETTERBOX_OPERATORS is not set: it names the file of the operators, such "
            "as LETTERBOX_OPERATORS=operators.json"
        )
    return path


def _shown(stored: StoredOperator) -> ListedOperator:
    from letterbox_cli.operator_models import ListedOperator

    return ListedOperator.model_validate(stored.model_dump())


def _sooner(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time), default=None)
