"""The steps of an application that talk to its board, and so are regular activities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from temporalio import activity

from activities.inspection import Inspector
from activities.sources import find_view
from activities.threads import heartbeating, in_thread
from letterbox.boards.base import Board
from letterbox.boards.fetching import Fetcher, Withheld
from letterbox.domain.candidate import AttachmentLink
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    LetterboxError,
    NotFoundError,
    TooLargeError,
)
from letterbox.domain.messages import (
    FetchApplicationResult,
    InspectedDocument,
    StepInput,
    StoredDocuments,
)
from letterbox.domain.ports import Applications
from letterbox.domain.submission import ReceivedDocument, Submission
from letterbox.domain.transitions import Transition
from letterbox.streams import spooled
from letterbox.transition_log import note

# Attempts of 5 s, 10 s, 20 s … of pause: some ten minutes.
_MAX_ATTEMPTS = 8
_PROBLEMS: dict[type[LetterboxError], str] = {
    NotFoundError: "missing",
    BoardRefusedError: "refused",
    TooLargeError: "too-large",
}

# For so long a document that a board announces and withholds is asked for again.
_MAY_STILL_COME = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Result:
    """The outcome of one document's download."""

    inspected: InspectedDocument
    received: ReceivedDocument | None = None
    may_come: bool = False


class FetchActivities:
    """The steps that ask a board for what its notice announced."""

    def __init__(
        self,
        *,
        applications: Applications,
        boards: Mapping[str, Board],
        fetchers: Mapping[str, Fetcher],
        inspector: Inspector,
    ) -> None:
        self._applications = applications
        self._boards = boards
        self._fetchers = fetchers
        self._inspector = inspector

    @activity.defn(name="fetch_application")
    async def fetch_application(self, step: StepInput) -> FetchApplicationResult:
        """Store what the board says; what an earlier attempt stored stays."""
        async with heartbeating():
            # Where it is lost, ``record`` makes good for it.
            notice = await in_thread(self._view, step)
            if notice is None:
                return FetchApplicationResult(available=False)
            result = await self._fetchers[notice.board].fetch(notice)
            if isinstance(result, Withheld):
                is_young = result is Withheld.NOT_YET
                news_at = notice.received_at if is_young else None
                return FetchApplicationResult(available=False, news_at=news_at)
            # At once: the next attempt may be shown less.
            await in_thread(self._applications.save_view, result.submission, step.view)
            note(Transition.FETCHED, step.application_id, view=step.view)
            reading = self._boards[notice.board].read(result.submission)
            return FetchApplicationResult(
                whole=result.is_whole, documents=len(reading.candidate.attachment_links)
            )

    @activity.defn(name="fetch_documents")
    async def fetch_documents(self, step: StepInput) -> StoredDocuments:
        """
        Stream the documents into the store, one after the other.

        One that is gone, refused or too large is recorded as such: the application
        is worth more than its file.
        """
        async with heartbeating():
            view = await in_thread(self._view, step)
            if view is None:
                return StoredDocuments(whole=False)
            links = self._boards[view.board].read(view).candidate.attachment_links
            fetcher = self._fetchers[view.board]
            results = [await self._fetch_one(fetcher, step, link) for link in links]
            documents = tuple(result.received for result in results if result.received)
            await in_thread(
                self._applications.save_view,
                view.model_copy(update={"documents": documents}),
                step.view,
            )
        is_young = datetime.now(UTC) - view.received_at < _MAY_STILL_COME
        return StoredDocuments(
            documents=tuple(result.inspected for result in results),
            whole=not (is_young and any(result.may_come for result in results)),
        )

    def _view(self, step: StepInput) -> Submission | None:
        return find_view(self._applications, step.application_id, step.view)

    async def _fetch_one(
        self, fetcher: Fetcher, step: StepInput, link: AttachmentLink
    ) -> _Result:
        try:
            return await self._download(fetcher, step, link)
        except tuple(_PROBLEMS) as error:
            may_come = bool(getattr(error, "may_come", False))
            absent = InspectedDocument(role=link.role, problem=_PROBLEMS[type(error)])
            return _Result(absent, may_come=may_come)
        except BoardUnavailableError:
            if activity.info().attempt < _MAX_ATTEMPTS:
                raise
            # One document must not hold up the application: it is asked for again.
            return _Result(InspectedDocument(role=link.role, problem="unavailable"))

    async def _download(
        self, fetcher: Fetcher, step: StepInput, link: AttachmentLink
    ) -> _Result:
        digest = sha256()
        size = 0
        with spooled() as spool:
            async with fetcher.attachments.open(link.url) as download:
                async for chunk in download.chunks:
                    digest.update(chunk)
                    size += spool.write(chunk)
            kind = await in_thread(
                self._inspector.look_into,
                step.application_id,
                f"{digest.hexdigest()}.bin",
                spool,
                guarded=activity.info().attempt > 1,
            )
            name = f"{digest.hexdigest()}.{kind.extension}"
            spool.seek(0)
            await in_thread(
                self._applications.put_document, step.application_id, name, spool, size
            )
        received = ReceivedDocument(
            role=link.role,
            name=name,
            sha256=digest.hexdigest(),
            size=size,
            filename=download.filename,
            declared_type=download.declared_type,
        )
        inspected = InspectedDocument(
            role=link.role,
            name=name,
            size=size,
            media_type=kind.media_type,
            problem=kind.problem,
        )
        return _Result(inspected, received)
