"""What became of imports, in the store."""

from collections.abc import Callable

from letterbox.domain import keys
from letterbox.domain.catalogue_status import CatalogueStatus, FeedStatus
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import read_or

_MAX_ATTEMPTS = 20


def update(
    store: ObjectStore,
    hirer: str | None,
    change: Callable[[FeedStatus], FeedStatus | None],
) -> FeedStatus:
    """Change a feed's status, None removes it; return the earlier one."""
    name = hirer or ""  # Feeds of several hirers are told apart by ``--hirer``.
    for _ in range(_MAX_ATTEMPTS):
        # What cannot be read is nothing: nobody is refused until the next whole import.
        status, version = read_or(store, keys.CATALOGUE_STATUS, CatalogueStatus())
        before = status.feeds.get(name, FeedStatus())
        feeds = {key: feed for key, feed in status.feeds.items() if key != name}
        if (after := change(before)) is not None:
            feeds[name] = after
        body = CatalogueStatus(feeds=feeds).model_dump_json(exclude_defaults=True)
        if store.replace(keys.CATALOGUE_STATUS, body.encode(), version):
            return before
    raise StoreUnavailableError("the catalogue's status is changed again and again")
