"""The end of an open application: packed, verified, and only then removed."""

from temporalio import activity

from activities.heartbeats import beating
from activities.inspection import inspect_again
from activities.owing import HasAts, has_no_ats
from activities.threads import in_thread
from activities.values import Recorded, Retired
from domain.application import Application, Stage
from domain.errors import NotFoundError
from domain.ports import Applications, Archives, Removal


class ArchiveActivities:
    """Package an application, and remove its hot copy."""

    def __init__(
        self,
        *,
        applications: Applications,
        archives: Archives,
        removal: Removal,
        deliver: HasAts = has_no_ats,
    ) -> None:
        self._applications = applications
        self._archives = archives
        self._removal = removal
        self._deliver = deliver

    @activity.defn(name="pack")
    async def pack(self, application_id: str) -> Recorded:
        """
        Write the archive, read it back and verify it.

        A document that is missing or damaged by now is said to be so, and does not
        keep the others from being archived.
        """
        async with beating():
            record = await in_thread(self._pack, application_id)
        return Recorded.of(record)

    @activity.defn(name="retire")
    async def retire(self, application_id: str) -> Retired:
        """Remove the hot copy, unless it is not what was packed any more."""
        async with beating():
            return await in_thread(self._retire, application_id)

    def _pack(self, application_id: str) -> Application:
        if self._applications.ended(application_id) is Stage.ARCHIVED:
            return self._archives.record(application_id)
        record = self._applications.find(application_id)
        if record is None:
            raise NotFoundError("the application is not recorded")
        packed = self._final(record)
        self._archives.pack(packed)
        return packed

    def _retire(self, application_id: str) -> Retired:
        record = self._applications.find(application_id)
        if record is not None:
            # One that cannot be read stays in the inbox, where `letterbox audit` finds
            # it; its documents, if it brought any, were packed with the others.
            if self._applications.waiting(application_id):
                return Retired(done=False)
            packed, now = self._archives.record(application_id), self._final(record)
            if _but_for_what_is_owed(packed) != _but_for_what_is_owed(now):
                return Retired(done=False)
        self._removal.retire(application_id)
        return Retired(deliver=self._deliver())

    def _final(self, record: Application) -> Application:
        # The open record is not ours to change: others do, under the lock.
        return final(inspect_again(self._applications, record))


def final(record: Application) -> Application:
    """Give the record as it is archived."""
    return record.model_copy(update={"stage": Stage.ARCHIVED})


def _but_for_what_is_owed(record: Application) -> Application:
    # The ATS may be told meanwhile; from here on its workflow knows what is left.
    return record.model_copy(update={"owed": ()})
