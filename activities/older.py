"""
What runs ask for that an older release began: six steps where there are three now.

This module goes with ``workflows/older.py``, when no open application is of that
release (docs/changing-workflows.md).
"""

from temporalio import activity

from activities.fetching import FetchActivities
from activities.intake import ApplicationActivities
from activities.threads import heartbeating
from letterbox.domain.messages import (
    FetchApplicationResult,
    FetchInput,
    MatchedPosition,
    RecordInput,
    StepInput,
    StoredDocuments,
    StoreInput,
    StoreResult,
)
from letterbox.domain.status import Recorded


class OlderActivities:
    """The steps as they were; three names are in use still (``EitherRelease``)."""

    def __init__(
        self, intake: ApplicationActivities, fetching: FetchActivities
    ) -> None:
        self._intake = intake
        self._fetching = fetching

    @activity.defn(name="collect", no_thread_cancel_exception=True)
    def collect(self, args: StoreInput) -> StoreResult:
        """Save the next submission as a source."""
        return self._intake.collect(args)

    @activity.defn(name="store_documents", no_thread_cancel_exception=True)
    def store_documents(self, step: StepInput) -> StoredDocuments:
        """Check the documents of what was collected, and see what they are."""
        return self._intake.inspect(step)

    @activity.defn(name="fetch_application")
    async def fetch_application(self, step: StepInput) -> FetchApplicationResult:
        """Ask the board for the profile."""
        async with heartbeating():
            return await self._fetching.fetch_profile(step)

    @activity.defn(name="fetch_documents")
    async def fetch_documents(self, step: StepInput) -> StoredDocuments:
        """Ask the board for the documents."""
        async with heartbeating():
            return await self._fetching.fetch_documents(step, since=1)

    @activity.defn(name="match_position", no_thread_cancel_exception=True)
    def match_position(self, step: StepInput) -> MatchedPosition:
        """Find the position, and record nothing."""
        return self._intake.find_position(step)

    @activity.defn(name="record", no_thread_cancel_exception=True)
    def record(self, args: RecordInput) -> Recorded:
        """Record what the steps before have found."""
        return self._intake.match_position(args)


class EitherRelease:
    """The steps whose names both releases use: what is passed tells which one asks."""

    def __init__(
        self,
        intake: ApplicationActivities,
        fetching: FetchActivities,
        older: OlderActivities,
    ) -> None:
        self._intake = intake
        self._fetching = fetching
        self._older = older

    @activity.defn(name="store_documents", no_thread_cancel_exception=True)
    def store_documents(
        self, args: StoreInput | StepInput
    ) -> StoreResult | StoredDocuments:
        """Collect first, unless an older step has."""
        if isinstance(args, StepInput):
            return self._older.store_documents(args)
        return self._intake.store_documents(args)

    @activity.defn(name="fetch_application")
    async def fetch_application(
        self, args: FetchInput | StepInput
    ) -> FetchApplicationResult:
        """Fetch the documents too, unless an older step will."""
        if isinstance(args, StepInput):
            return await self._older.fetch_application(args)
        return await self._fetching.fetch_application(args)

    @activity.defn(name="match_position", no_thread_cancel_exception=True)
    def match_position(
        self, args: RecordInput | StepInput
    ) -> Recorded | MatchedPosition:
        """Record too, unless an older step will."""
        if isinstance(args, StepInput):
            return self._older.match_position(args)
        return self._intake.match_position(args)
