"""Taking a document out of quarantine, since the scanner was wrong about it."""

from datetime import UTC, datetime

from temporalio import activity

from activities.amending import refusing_damage
from letterbox.domain.amendments import document_released
from letterbox.domain.application import Application, EventType, Release
from letterbox.domain.commands import ReleaseInput
from letterbox.domain.errors import NotFoundError, RefusedError
from letterbox.domain.owing import HasAts, has_no_ats, with_event
from letterbox.domain.ports import Applications
from letterbox.domain.scanning import Quarantine
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note_request


class ReleaseActivities:
    """Release what a person vouches for."""

    def __init__(
        self,
        *,
        applications: Applications,
        quarantine: Quarantine,
        deliver: HasAts = has_no_ats,
    ) -> None:
        self._applications = applications
        self._quarantine = quarantine
        self._deliver = deliver

    @activity.defn(name="release_document", no_thread_cancel_exception=True)
    def release_document(self, args: ReleaseInput) -> Recorded:
        """
        Put a document back from quarantine, and note in the record who decided so.

        It is not put away again, whatever the scanner says of it later.
        """
        application_id, name = args.application_id, args.given.name
        record = self._record(application_id)
        copies = [copy for copy in record.all_attachments() if copy.name == name]
        if copies and all(copy.released for copy in copies):
            return Recorded.of(record, deliver=self._deliver())
        is_infected = any(copy.scan == "infected" for copy in copies)
        if not (is_infected or self._quarantine.contains(application_id, name)):
            raise RefusedError("no document with this name is in quarantine")
        release = Release(
            reason=args.given.reason, by=args.given.by, released_at=datetime.now(UTC)
        )
        self._quarantine.release(application_id, name, release)
        are_others = not self._quarantine.is_empty(application_id)
        changed = document_released(record, name, release, are_others=are_others)
        changed = with_event(changed, EventType.UPDATED, release.released_at)
        self._applications.update(changed, record)
        self._applications.take_back_if_ended(application_id)
        note_request(Transition.CLEARED, application_id, command=args.given)
        return Recorded.of(changed, deliver=self._deliver())

    def _record(self, application_id: str) -> Application:
        with refusing_damage():
            record = self._applications.find(application_id)
        if record:
            return record
        if ended := self._applications.ended(application_id):
            raise RefusedError(f"the application is {ended}: nothing can be released")
        raise NotFoundError("the application is not recorded")
