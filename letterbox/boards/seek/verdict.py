"""
What an answer of SEEK's GraphQL means for what to do next.

https://developer.seek.com/graphql/error-responses
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from letterbox.boards.graphql import QueryError

_RENEW = "UNAUTHENTICATED"
# Nothing that we could send differently would change SEEK's mind.
_REFUSED = {"FORBIDDEN", "BAD_USER_INPUT"}


class Action(StrEnum):
    """What to do after an answer."""

    OK = "ok"
    OK_PARTIAL = "ok-partial"
    RENEW_TOKEN = "renew-token"  # noqa: S105
    RETRY = "retry"
    RETRY_LATER = "retry-later"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What to do, and how to go about it.

    RENEW_TOKEN: once, SEEK allows no more. RETRY_LATER: after ``seconds``, None where
    SEEK did not say. OK_PARTIAL: use the data; ``transient`` where asking again may
    give the rest. UNAVAILABLE: ask again ever more rarely.
    """

    action: Action
    seconds: float | None = None
    transient: bool = False


def judge(
    status: int,
    errors: Sequence[QueryError],
    *,
    is_null: bool,
    retry_after: float | None = None,
) -> Verdict:
    """
    Decide by HTTP status and codes, never by messages; unknown codes are retried.

    ``is_null``: the top-level object is null, or there is no data. A response that is
    not GraphQL's at all counts as null with one ``QueryError()``. ``retry_after`` in
    seconds. SEEK's code of a limited call is not public, and so one of the unknown.
    """
    codes = {error.code for error in errors}
    if status == HTTPStatus.UNAUTHORIZED or _RENEW in codes:
        return Verdict(Action.RENEW_TOKEN)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Verdict(Action.RETRY_LATER, seconds=retry_after)
    is_fine = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    if is_fine and not is_null:
        return _partial(codes, retry_after) if errors else Verdict(Action.OK)
    is_server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if codes <= _REFUSED and not is_server and (codes or is_fine):
        return Verdict(Action.UNAVAILABLE)
    if retry_after is None:
        return Verdict(Action.RETRY)
    return Verdict(Action.RETRY_LATER, seconds=retry_after)


def _partial(codes: Collection[str | None], retry_after: float | None) -> Verdict:
    is_transient = not _REFUSED.issuperset(codes)
    return Verdict(
        Action.OK_PARTIAL,
        seconds=retry_after if is_transient else None,
        transient=is_transient,
    )
