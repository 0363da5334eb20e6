"""The applications of one person, found by the store's markers. Blocking."""

from bisect import bisect_right

from fastapi import HTTPException

from api.operator.dependencies import Desk
from api.operator.lookup import look_up
from letterbox.domain.application import Stage
from letterbox.domain.errors import (
    DamagedError,
    NotFoundError,
    RefusedError,
    SettingsError,
)
from letterbox.domain.listing import Filter, Item


def text_of(header: str) -> str:
    """Read the header as UTF-8, which addresses may be in; servers take latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def page_of_person(
    desk: Desk, address: str, wanted: Filter, limit: int, after: str
) -> tuple[list[Item], str | None]:
    """
    List a person's applications whose id comes after one, and the last id looked at.

    From the store, since Temporal forgets what has ended. Raises RefusedError where
    there is no digest key.
    """
    try:
        # In this order: what is recorded meanwhile is found by its marker.
        waiting = desk.waiting_of(address)
        found = sorted({*waiting, *desk.candidates.find(address)})
    except SettingsError as error:
        raise RefusedError(str(error)) from None
    items: list[Item] = []
    left = found[bisect_right(found, after) :]
    for number, application_id in enumerate(left, 1):
        item = _item(desk, application_id)
        if item and wanted.takes(item):
            items.append(item)
        if len(items) == limit and number < len(left):
            return items, application_id
    return items, None


def _item(desk: Desk, application_id: str) -> Item | None:
    """None where it was erased since it was found."""
    try:
        record = look_up(desk, application_id)
    except DamagedError:
        board = application_id.partition(":")[0]
        return Item(id=application_id, stage=Stage.ARCHIVED, board=board)
    except (NotFoundError, HTTPException):
        return None
    return Item.of(record) if record else _waiting(desk, application_id)


def _waiting(desk: Desk, application_id: str) -> Item:
    """Tell of what is accepted and not recorded yet."""
    try:
        first = next(desk.applications.submissions(application_id), None)
    except ValueError:
        first = None  # It cannot be read: it is there all the same.
    return Item(
        id=application_id,
        stage=Stage.RECEIVED,
        board=application_id.partition(":")[0],
        received_at=first.received_at if first else None,
    )
