"""What became of imports, in the store."""

from collections.abc import Callable

from pydantic import ValidationError

from letterbox.domain import keys
from letterbox.domain.catalogue_status import CatalogueStatus, FeedStatus
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore

_MAX_ATTEMPTS = 20


def update(
    store: ObjectStore,
    hirer: str | None,
    change: Callable[[FeedStatus], FeedStatus | None],
) -> FeedStatus:
    """Change a feed's status, None removes it; return the earlier one."""
    name = hirer or ""  # Feeds of several hirers are told apart by ``--hirer``.
    for _ in range(_MAX_ATTEMPTS):
        status, version = _read(store)
        before = status.feeds.get(name, FeedStatus())
        feeds = {key: feed for key, feed in status.feeds.items() if key != name}
        if (after := change(before)) is not None:
            feeds[name] = after
        body = CatalogueStatus(feeds=feeds).model_dump_json(exclude_defaults=True)
        if store.replace(keys.CATALOGUE_STATUS, body.encode(), version):
            return before
    raise StoreUnavailableError("the catalogue's status is changed again and again")


def _read(store: ObjectStore) -> tuple[CatalogueStatus, str | None]:
    try:
        body, version = store.get_version(keys.CATALOGUE_STATUS)
    except FileNotFoundError:
        return CatalogueStatus(), None
    try:
        return CatalogueStatus.model_validate_json(body), version
    except ValidationError:
        # Then nothing is known, and nobody is refused, until the next whole import.
        return CatalogueStatus(), version
