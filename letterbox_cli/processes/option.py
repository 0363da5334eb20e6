"""The option ``--processes`` of ``letterbox worker`` and ``letterbox api``."""

from typing import Annotated

import typer

from letterbox.setting_types import AUTO, process_count


def _parsed(text: str) -> int:
    try:
        return process_count(text)
    except ValueError as error:
        raise typer.BadParameter(f"it {error}.") from None


Processes = Annotated[
    int | None,
    typer.Option(
        metavar=f"N|{AUTO}",
        parser=_parsed,
        help="How many processes to run; auto: one for each core.",
        show_default=False,
    ),
]
