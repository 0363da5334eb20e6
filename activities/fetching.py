"""The step of an application that talks to its board, and so is a regular activity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
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
    FetchInput,
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
    """The step that asks a board for what its notice announced."""

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
    async def fetch_application(self, args: FetchInput) -> FetchApplicationResult:
        """
        Store what the board says, then its documents, after what is stored already.

        The heartbeats tell the next attempt since which one the documents are asked
        for: a board that was away before has used up none of their tries.
        """
        beats = activity.info().heartbeat_details
        async with heartbeating(partial(activity.heartbeat, *beats)):
            fetched = await self.fetch_profile(args.step)
        if not fetched.available:
            return fetched
        since = int(beats[0]) if beats else activity.info().attempt
        async with heartbeating(partial(activity.heartbeat, since)):
            stored = await self.fetch_documents(args.step, since)
        return fetched.model_copy(update={"stored": stored})

    async def fetch_profile(self, step: StepInput) -> FetchApplicationResult:
        """Store what the board says, unless an earlier attempt has."""
        # Where it is lost, ``match_position`` makes good for it.
        notice = await in_thread(self._view, step)
        if notice is None:
            return FetchApplicationResult(available=False)
        result = await self._fetchers[notice.board].fetch(notice)
        if isinstance(result, Withheld):
            is_young = result is Withheld.NOT_YET
            news_at = notice.received_at if is_young else None
            return FetchApplicationResult(available=False, news_at=news_at)
        if result.submission != notice:
            # At once: the next attempt may be shown less.
            await in_thread(self._applications.save_view, result.submission, step.view)
            note(Transition.FETCHED, step.application_id, view=step.view)
        reading = self._boards[notice.board].read(result.submission)
        return FetchApplicationResult(
            whole=result.is_whole, documents=len(reading.candidate.attachment_links)
        )

    async def fetch_documents(self, step: StepInput, since: int) -> StoredDocuments:
        """
        Stream the documents into the store, one after the other.

        One that is gone, refused or too large is recorded as such: the application
        is worth more than its file. Each is named in the source as soon as it is
        stored, so that no attempt fetches it again.
        """
        view = await in_thread(self._view, step)
        if view is None:
            return StoredDocuments(whole=False)
        fetcher = self._fetchers[view.board]
        held = {one.link: one for one in view.documents if one.link}
        reading = self._boards[view.board].read(view)
        results = []
        for link in reading.candidate.attachment_links:
            result = await self._held(step, held.get(link.id))
            if result is None:
                result = await self._fetch_one(fetcher, step, link, since)
                if result.received:
                    held[link.id] = result.received
                    documents = tuple(held.values())
                    view = view.model_copy(update={"documents": documents})
                    await in_thread(self._applications.save_view, view, step.view)
            results.append(result)
        is_young = datetime.now(UTC) - view.received_at < _MAY_STILL_COME
        texts = [
            await in_thread(self._inspector.save_text, step, text)
            for text in reading.texts
        ]
        return StoredDocuments(
            documents=(*(result.inspected for result in results), *texts),
            whole=not (is_young and any(result.may_come for result in results)),
        )

    def _view(self, step: StepInput) -> Submission | None:
        return find_view(self._applications, step.application_id, step.view)

    async def _held(
        self, step: StepInput, document: ReceivedDocument | None
    ) -> _Result | None:
        """Inspect what an earlier attempt stored; None where that is to be fetched."""
        if document is None:
            return None
        inspected = await in_thread(
            self._inspector.inspect, step.application_id, document, guarded=True
        )
        is_whole = inspected.problem not in {"missing", "damaged"}
        return _Result(inspected) if is_whole else None

    async def _fetch_one(
        self, fetcher: Fetcher, step: StepInput, link: AttachmentLink, since: int
    ) -> _Result:
        try:
            return await self._download(fetcher, step, link)
        except tuple(_PROBLEMS) as error:
            may_come = bool(getattr(error, "may_come", False))
            absent = InspectedDocument(role=link.role, problem=_PROBLEMS[type(error)])
            return _Result(absent, may_come=may_come)
        except BoardUnavailableError:
            if activity.info().attempt - since + 1 < _MAX_ATTEMPTS:
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
            link=link.id,
            name=name,
            sha256=digest.hexdigest(),
            size=size,
            filename=download.filename,
            declared_type=download.declared_type,
            question_id=link.question_id,
        )
        inspected = InspectedDocument(
            role=link.role,
            name=name,
            size=size,
            media_type=kind.media_type,
            problem=kind.problem,
        )
        return _Result(inspected, received)
