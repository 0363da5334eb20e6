"""Which applications the ATS is owed anything of, open or over."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from pydantic import ValidationError

from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from letterbox.parallel import in_parallel
from letterbox.records.owed_events import StoredOwedEvents

_THREADS = 8
_AHEAD = 64

OnRead = Callable[[int], None]


def owed_applications(
    store: ObjectStore, on_read: OnRead = lambda _: None
) -> Iterator[str]:
    """
    List each once, those that are over first; ``on_read`` counts records.

    A record that cannot be read is passed over: `letterbox audit` names it.
    """
    over = set(StoredOwedEvents(store).applications())
    yield from sorted(over)
    with ThreadPoolExecutor(_THREADS) as pool:
        read = partial(_owed, store)
        owed = in_parallel(pool, read, _records(store), ahead=_AHEAD)
        for number, application_id in enumerate(owed, 1):
            on_read(number)
            if application_id and application_id not in over:
                yield application_id


def _records(store: ObjectStore) -> Iterator[str]:
    for stored in store.list(keys.APPLICATIONS):
        owner = placed(stored.key)
        if owner and owner.place is Place.RECORD:
            yield stored.key


def _owed(store: ObjectStore, key: str) -> str | None:
    try:
        record = Application.model_validate_json(store.get(key))
    except (FileNotFoundError, ValidationError):
        return None
    is_ours = keys.record(record.id) == key
    return record.id if is_ours and record.owed else None
