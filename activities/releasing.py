"""Taking a document out of quarantine, since the scanner was wrong about it."""

from datetime import UTC, datetime

from temporalio import activity

from activities.owing import HasAts, has_no_ats, with_event
from letterbox.domain.amendments import document_released
from letterbox.domain.application import Application, EventType, Release
from letterbox.domain.commands import Releasing
from letterbox.domain.errors import DamagedError, NotFoundError, RefusedError
from letterbox.domain.ports import Applications
from letterbox.domain.scanning import Quarantine
from letterbox.domain.status import Recorded
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note_request


class ReleaseActivities:
    """Let go what a person vouches for."""

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
    def release_document(self, given: Releasing) -> Recorded:
        """
        Put a document back from quarantine, and say in the record who wanted it.

        It is not put away again, whatever the scanner says of it later. RefusedError
        where it is not in quarantine, or the application has ended meanwhile;
        NotFoundError where there is no record.
        """
        application_id, name = given.application_id, given.given.name
        record = self._record(application_id)
        mine = [one for one in record.all_attachments() if one.name == name]
        if mine and all(one.released for one in mine):
            return Recorded.of(record, deliver=self._deliver())
        is_infected = any(one.scan == "infected" for one in mine)
        if not (is_infected or self._quarantine.contains(application_id, name)):
            raise RefusedError("no document of that name is in quarantine")
        release = Release(
            reason=given.given.reason, by=given.given.by, released_at=datetime.now(UTC)
        )
        self._quarantine.release(application_id, name, release)
        others = not self._quarantine.is_empty(application_id)
        changed = document_released(record, name, release, are_others=others)
        changed = with_event(changed, EventType.UPDATED, release.released_at)
        self._applications.update(changed, record)
        self._applications.take_back_if_ended(application_id)
        note_request(Transition.CLEARED, application_id, asked=given.given)
        return Recorded.of(changed, deliver=self._deliver())

    def _record(self, application_id: str) -> Application:
        try:
            record = self._applications.find(application_id)
        except DamagedError as error:
            raise RefusedError(f"{error}: see what `letterbox audit` says") from None
        if record:
            return record
        if ended := self._applications.ended(application_id):
            raise RefusedError(f"the application is {ended}: nothing can be released")
        raise NotFoundError("the application is not recorded")
