"""Relay pages: opaque cursors, at most 100 items, either direction."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from graphql import GraphQLError

MAX_PAGE = 100
_USUAL_PAGE = 10
_MARK = b"stream:"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paging:
    """The page arguments of a connection, as they came."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items with their cursors, and whether there are more on either side."""

    items: Sequence[tuple[str, T]]
    has_next: bool
    has_previous: bool


def bad_input(message: str) -> GraphQLError:
    """Refuse an argument as SEEK does."""
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


def page_of(
    items: Sequence[T], paging: Paging, predicate: Callable[[T], bool] = bool
) -> Page[T]:
    """
    Cut the requested page out of a list that only grows at its end.

    A cursor is a place in the whole list: it stays good whatever is delivered
    meanwhile. Raises BAD_USER_INPUT as a GraphQLError.
    """
    size = _size(paging)
    low = 0 if paging.after is None else _place(paging.after) + 1
    high = len(items) if paging.before is None else _place(paging.before)
    inside = range(low, min(high, len(items)))
    outside = (range(min(low, len(items))), range(high, len(items)))
    places: Iterable[int] = inside if paging.last is None else reversed(inside)
    matches = list(islice((p for p in places if predicate(items[p])), size + 1))
    more, matches = len(matches) > size, matches[:size]
    behind, ahead = (any(predicate(items[p]) for p in side) for side in outside)
    if paging.last is not None:
        matches.reverse()
        behind = behind or more
    else:
        ahead = ahead or more
    return Page([(_cursor(place), items[place]) for place in matches], ahead, behind)


def connection(page: Page[T], edge: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """Show a page as a Relay connection."""
    return {
        "edges": [{"cursor": cursor, **edge(item)} for cursor, item in page.items],
        "pageInfo": {
            "hasNextPage": page.has_next,
            "hasPreviousPage": page.has_previous,
            "startCursor": page.items[0][0] if page.items else None,
            "endCursor": page.items[-1][0] if page.items else None,
        },
    }


def _size(paging: Paging) -> int:
    if paging.first is not None and paging.last is not None:
        raise bad_input("first and last exclude each other")
    limit = paging.first if paging.last is None else paging.last
    size = _USUAL_PAGE if limit is None else limit
    if not 0 < size <= MAX_PAGE:
        raise bad_input(f"a page has 1 to {MAX_PAGE} items")
    return size


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(_MARK + b"%d" % place).decode()


def _place(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True)
        if text.startswith(_MARK):
            return int(text.removeprefix(_MARK))
    except (binascii.Error, ValueError):
        pass
    raise bad_input("the cursor is none of ours")
