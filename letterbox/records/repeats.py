"""Whether a submission is one that the store has already."""

from itertools import islice

from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.ids import key_part
from letterbox.domain.ports import Applications, ObjectStore
from letterbox.domain.repeats import Repeat
from letterbox.domain.submission import MAX_DELIVERIES, Submission
from letterbox.records import inbox
from letterbox.storage.objects import listed_keys


class StoredRepeats:
    """The ``Repeats`` port over an object store."""

    def __init__(self, store: ObjectStore, applications: Applications) -> None:
        self._store = store
        self._applications = applications

    def judge(self, submission: Submission) -> Repeat:
        """Look in the inbox first: what is recorded leaves it only afterwards."""
        application_id = submission.application_id
        listed = inbox.waiting(self._store, key_part(application_id))
        waiting = {stored.key for stored in islice(listed, MAX_DELIVERIES)}
        if its := waiting.intersection(inbox.keys_of(submission)):
            # One that cannot be read is mended by the repeat.
            return Repeat.KEPT if any(map(self._is_whole, its)) else Repeat.NEW
        recorded = self._recorded(application_id)
        if recorded is None and self._applications.ended(application_id):
            return Repeat.ENDED
        if submission.fingerprint in (recorded or ()):
            return Repeat.KEPT
        # Between its record and its removal from the inbox one is in both.
        fingerprints = recorded or set()
        for fingerprint in fingerprints:
            waiting.difference_update(inbox.keys_for(application_id, fingerprint))
        count = len(fingerprints) + len(waiting)
        return Repeat.SURPLUS if count >= MAX_DELIVERIES else Repeat.NEW

    def _recorded(self, application_id: str) -> set[str] | None:
        """Return the fingerprints of what is recorded; None where nothing is."""
        try:
            record = self._applications.find(application_id)
        except DamagedError:
            # Something is there: how much, its sources tell.
            return set(listed_keys(self._store, keys.sources(application_id)))
        return {view.fingerprint for view in record.views} if record else None

    def _is_whole(self, key: str) -> bool:
        try:
            inbox.read_any(self._store, key)
        except (FileNotFoundError, ValueError):
            return False
        return True
