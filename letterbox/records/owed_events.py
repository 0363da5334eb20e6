"""What the ATS is owed of applications that are over, and which it is owed any of."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from pydantic import BaseModel, ValidationError

from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError, StoreUnavailableError
from letterbox.domain.events import Undelivered
from letterbox.domain.ids import from_key_part
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from letterbox.parallel import in_parallel

log = structlog.get_logger()

# Another process writes the same object only while an application is taken over.
_MAX_ATTEMPTS = 5
_THREADS = 8
_AHEAD = 64

Events = tuple[Undelivered, ...]


OnRead = Callable[[int], None]


class _Owed(BaseModel):
    application_id: str
    events: Events


class StoredOwedEvents:
    """
    One small object for each application: its events until they are delivered.

    Nothing of a candidate is in them. Blocking.

    Every verb may be repeated.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def find(self, application_id: str) -> Events:
        """Read what is owed of one application, the oldest first (DamagedError)."""
        key = keys.owed(application_id)
        try:
            return _parsed(key, self._store.get(key)).events
        except FileNotFoundError:
            return ()

    def save(self, application_id: str, events: Events) -> None:
        """Add events, each id once."""
        ids = {event.delivery_id for event in events}

        def with_these(known: Events) -> Events:
            before = (event for event in known if event.delivery_id not in ids)
            return (*before, *events)

        self._change(application_id, with_these)

    def remove(self, application_id: str, delivery_id: str) -> None:
        """Remove an event that was delivered."""

        def without_it(known: Events) -> Events:
            return tuple(event for event in known if event.delivery_id != delivery_id)

        self._change(application_id, without_it)

    def applications(self) -> Iterator[str]:
        """List the applications of which anything is owed, readable or not."""
        for stored in self._store.list(keys.OWED):
            part = stored.key.removeprefix(keys.OWED).removesuffix(".json")
            try:
                owed = _parsed(stored.key, self._store.get(stored.key))
            except FileNotFoundError:
                continue
            except DamagedError:
                # Whoever asks for it is told that it is damaged.
                yield from_key_part(part) or part
            else:
                yield owed.application_id

    def _change(self, application_id: str, change: Callable[[Events], Events]) -> None:
        key = keys.owed(application_id)
        for _ in range(_MAX_ATTEMPTS):
            known, version = self._known(key)
            events = change(known)
            if events == known and (events or version is None):
                return
            written = _Owed(application_id=application_id, events=events)
            if self._store.replace(key, written.model_dump_json().encode(), version):
                # One workflow alone adds to it: the one that has just forgotten.
                if not events:
                    self._store.delete(key)
                return
        raise StoreUnavailableError("what the ATS is owed changes all the time")

    def _known(self, key: str) -> tuple[Events, str | None]:
        """Read what is to be changed; what cannot be read counts as nothing."""
        try:
            body, version = self._store.get_version(key)
        except FileNotFoundError:
            return (), None
        try:
            return _parsed(key, body).events, version
        except DamagedError:
            log.warning("what the ATS is owed cannot be read, and is written anew")
            return (), version


def _parsed(key: str, body: bytes) -> _Owed:
    try:
        owed = _Owed.model_validate_json(body)
    except ValidationError:
        raise DamagedError("what the ATS is owed cannot be read") from None
    if keys.owed(owed.application_id) != key:
        raise DamagedError("what the ATS is owed is of another application")
    return owed


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
        read = partial(_owed_by, store)
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


def _owed_by(store: ObjectStore, key: str) -> str | None:
    try:
        record = Application.model_validate_json(store.get(key))
    except (FileNotFoundError, ValidationError):
        return None
    is_ours = keys.record(record.id) == key
    return record.id if is_ours and record.owed else None
