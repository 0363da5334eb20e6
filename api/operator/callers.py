"""Who asks: the operator API's token, and whom the caller names."""

from typing import Annotated

from fastapi import Depends, Header

_TOKEN = "operator API"  # noqa: S105 the name of it


def _by(
    operator: Annotated[
        str | None,
        Header(
            alias="X-Operator",
            pattern=r"^[A-Za-z0-9._-]{1,64}$",
            description=(
                "Who asks, as your own system knows them; kept with what is done, in"
                " Temporal too. Never the candidate."
            ),
            examples=["jane.doe"],
        ),
    ] = None,
) -> str:
    return f"{_TOKEN}: {operator}" if operator else _TOKEN


By = Annotated[str, Depends(_by)]
