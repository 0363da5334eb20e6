"""Who asks for a change and why: both are kept with what is done."""

from typing import Annotated

from fastapi import Body, Depends, Header, Query, Request
from fastapi.exceptions import RequestValidationError

from api.operator.auth import operator_of
from api.operator.models import Erasure, Reason
from letterbox.domain.operators import UNNAMED, Operator

_API = "operator API"
_NO_REASON = "no reason was given"
MAX_AUTHOR = 100
"""What a workflow takes as an author, in characters."""


def decoded(header: str) -> str:
    """Read a header as UTF-8, which people write; servers take it for latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def author(operator: Operator, person: str | None) -> str:
    """Return who asks, as it is kept: the operator, and the person whom it names."""
    if operator == UNNAMED:
        return f"{_API}: {person}" if person else _API
    name = f"{operator.name} for {person}" if person else operator.name
    return f"{_API}: {name}"[:MAX_AUTHOR]


async def checked_author(
    request: Request,
    person: Annotated[
        str | None,
        Header(
            alias="X-Operator",
            pattern=r"^[A-Za-z0-9._-]{1,64}$",
            description=(
                "Who is asking, as your own system names them. Kept with the change, in"
                " Temporal too. Never the candidate."
            ),
            examples=["jane.doe"],
        ),
    ] = None,
) -> str:
    """Return who is asking; every route refuses a name that could be no one's."""
    by: str = author(operator_of(request), person)
    request.state.author = by  # For the journal, of reads too.
    return by


def _erasure_reason(
    body: Annotated[
        Erasure | None,
        Body(openapi_examples={"by number": {"value": {"reason": "case 4711"}}}),
    ] = None,
    by_header: Annotated[
        Reason | None,
        Header(alias="X-Reason", description="The reason, instead of one in the body."),
    ] = None,
    by_query: Annotated[
        Reason | None,
        Query(
            alias="reason",
            description="The reason, too; addresses are logged by proxies.",
        ),
    ] = None,
) -> str:
    """Return the reason of the body, else the header's, else the address's."""
    if body and body.reason:
        return body.reason
    if by_header:
        return _printable(decoded(by_header))
    return by_query or _NO_REASON


def _printable(reason: str) -> str:
    """Refuse what a header can hold and no text should."""
    if not reason.isprintable():
        fault = {
            "loc": ("header", "X-Reason"),
            "type": "unprintable",
            "msg": "has characters that cannot be printed",
        }
        raise RequestValidationError([fault])
    return reason


Author = Annotated[str, Depends(checked_author)]
"""The operator API, and the person whom the caller names."""

ErasureReason = Annotated[str, Depends(_erasure_reason)]
"""Why an application is erased: HTTP clients differ in what a DELETE can carry."""
