"""Why an application is erased: HTTP clients differ in what a DELETE can carry."""

from typing import Annotated

from fastapi import Body, Depends, Header, Query
from fastapi.exceptions import RequestValidationError

from api.operator.candidates import text_of
from api.operator.models import Erasure, Reason

_NONE = "no reason was given"


def _reason(
    given: Annotated[
        Erasure | None,
        Body(openapi_examples={"by number": {"value": {"reason": "case 4711"}}}),
    ] = None,
    by_header: Annotated[
        Reason | None,
        Header(alias="X-Reason", description="Instead of one in the body."),
    ] = None,
    by_query: Annotated[
        Reason | None,
        Query(alias="reason", description="As well; it is logged on its way."),
    ] = None,
) -> str:
    """Take the one in the body first, then the header's, then the address's."""
    if given and given.reason:
        return given.reason
    if by_header:
        return _storable(text_of(by_header))
    return by_query or _NONE


def _storable(reason: str) -> str:
    """Refuse what a header can hold and no text should."""
    if not reason.isprintable():
        fault = {
            "loc": ("header", "X-Reason"),
            "type": "unprintable",
            "msg": "holds characters that cannot be printed",
        }
        raise RequestValidationError([fault])
    return reason


Why = Annotated[str, Depends(_reason)]
