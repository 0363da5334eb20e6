"""What is taken over next of an application: out of the inbox, and into its sources."""

from dataclasses import dataclass

from activities.asking import Asking
from activities.removing import Ending
from activities.sources import Inbox, Sources
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError, EndedError, NotFoundError
from letterbox.domain.messages import StoreInput, StoreResult
from letterbox.domain.owing import HasAts, has_no_ats
from letterbox.domain.ports import Applications
from letterbox.domain.status import Recorded
from letterbox.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """What the settings say about every application."""

    scan: bool = False
    deliver: HasAts = has_no_ats
    discard_unmatched: bool = False


class Collector:
    """Saves the next submission as a source, or the notice to ask the board about."""

    def __init__(  # noqa: PLR0913 what it goes through
        self,
        *,
        applications: Applications,
        inbox: Inbox,
        sources: Sources,
        asking: Asking,
        ending: Ending,
        options: IntakeOptions,
    ) -> None:
        self._applications = applications
        self._inbox = inbox
        self._sources = sources
        self._asking = asking
        self._ending = ending
        self._options = options

    def collect(self, args: StoreInput) -> tuple[StoreResult, Submission | None]:
        """
        Return what there is to do, and the source that was saved (EndedError).

        Temporal forgets, the store does not: what was archived or erased is not
        taken in again, and what a late repeat brought is removed.
        """
        application_id = args.application_id
        ended = self._applications.ended(application_id)
        if ended and not self._ending.is_archive_damaged(application_id, ended):
            self._ending.remove_late(application_id, ended)
            raise EndedError(ended)
        record = self._applications.find(application_id)
        fresh = self._inbox.next(application_id, record)
        following, is_lost = fresh.submission, False
        if record and following is None and self._asking.is_due(record, args):
            following = self._asking.source_of(record)
            is_lost = following is None
            if following and not self._asking.is_to_be_asked(following, record):
                following = None
        if record is None and following is None:
            if ended:
                raise EndedError(ended)
            if args.was_recorded:
                # Tried on, and visible: a person can put it back, or erase the rest.
                raise DamagedError("the record is lost")
            raise NotFoundError("the application is neither in the inbox nor recorded")
        view = self._sources.next_view(application_id, record, following)
        following = view.left or following
        source = self._sources.save(following, view.number) if following else None
        deliver = self._options.deliver()
        collected = StoreResult(
            fresh=following is not None,
            more=fresh.more
            or view.left is not None
            or self._has_more(following, record),
            view=view.number,
            repeated=view.is_kept,
            fetch=following is not None
            and self._asking.is_to_be_asked(following, record),
            recorded=Recorded.of(record, deliver=deliver) if record else None,
            scan=self._options.scan,
            deliver=deliver,
            lost_source=is_lost,
        )
        return collected, source

    def _has_more(
        self, following: Submission | None, record: Application | None
    ) -> bool:
        """Return whether documents are to be fetched as soon as there is a record."""
        if record or following is None or self._inbox.is_notice(following):
            return False
        return bool(self._asking.absent_documents(following))
