"""The applications of one person, found by the store's markers. Blocking."""

from bisect import bisect_right

from fastapi import HTTPException

from api.operator.dependencies import OperatorServices
from api.operator.lookup import look_up
from letterbox.domain.application import Stage
from letterbox.domain.errors import (
    DamagedError,
    NotFoundError,
    RefusedError,
    SettingsError,
)
from letterbox.domain.listing import Filter, Item


def page_of_person(
    services: OperatorServices, address: str, filters: Filter, limit: int, after: str
) -> tuple[list[Item], str | None]:
    """
    List a person's applications whose id comes after one, and the last id looked at.

    From the store, since Temporal forgets what has ended. Raises RefusedError where
    there is no digest key.
    """
    try:
        # In this order: what is recorded meanwhile is found by its marker.
        waiting = services.waiting_of(address)
        application_ids = sorted({*waiting, *services.candidates.find(address)})
    except SettingsError as error:
        raise RefusedError(str(error)) from None
    items: list[Item] = []
    remaining = application_ids[bisect_right(application_ids, after) :]
    for number, application_id in enumerate(remaining, 1):
        item = _item(services, application_id)
        if item and filters.matches(item):
            items.append(item)
        if len(items) == limit and number < len(remaining):
            return items, application_id
    return items, None


def _item(services: OperatorServices, application_id: str) -> Item | None:
    """Return None where it was erased since it was found."""
    try:
        record = look_up(services, application_id)
    except DamagedError:
        board = application_id.partition(":")[0]
        return Item(id=application_id, stage=Stage.ARCHIVED, board=board)
    except (NotFoundError, HTTPException):
        return None
    return Item.of(record) if record else _unrecorded_item(services, application_id)


def _unrecorded_item(services: OperatorServices, application_id: str) -> Item:
    try:
        first = next(services.applications.submissions(application_id), None)
    except ValueError:
        first = None  # It cannot be read, and waits all the same.
    return Item(
        id=application_id,
        stage=Stage.RECEIVED,
        board=application_id.partition(":")[0],
        received_at=first.received_at if first else None,
    )
