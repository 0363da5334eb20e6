"""SEEK, asked for an application: its answers judged, its pages walked."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from temporalio import activity

from letterbox.boards.fetching import Attachments, FetchResult, Graph, Withheld
from letterbox.boards.seek.graphql import GraphAnswer, QueryError
from letterbox.boards.seek.queries import CANDIDATE_PROFILE, by_id
from letterbox.boards.seek.said import (
    candidate_profile_id,
    errors_of,
    fetched,
    is_fetched,
    profile_of,
)
from letterbox.boards.seek.verdict import Action, Verdict, judge
from letterbox.domain.errors import BoardUnavailableError
from letterbox.domain.submission import Submission

# A part that SEEK could not tell this time may come with the next few.
_TIMEOUT_OF_PARTS = 5


@dataclass(frozen=True, slots=True)
class SeekFetcher:
    """The ``Fetcher`` for SEEK's notices."""

    graph: Graph
    attachments: Attachments

    async def fetch(self, notice: Submission) -> FetchResult | Withheld:
        """Fetch the candidate profile that the event names."""
        if is_fetched(notice):
            # An attempt that died has kept it, and has not told how much it was.
            return FetchResult(notice, is_whole=not _kept_verdict(notice).transient)
        profile_id = candidate_profile_id(notice)
        if profile_id is None:
            return Withheld.REFUSED
        answer = await self.graph.ask(CANDIDATE_PROFILE, by_id(profile_id))
        profile = (answer.data or {}).get("candidateProfile")
        verdict = verdict_on(answer, is_null=profile is None)
        if verdict.action is Action.UNAVAILABLE:
            return Withheld.REFUSED if answer.errors else Withheld.NOT_YET
        if verdict.transient and activity.info().attempt < _TIMEOUT_OF_PARTS:
            raise unavailable(answer, verdict)
        told = fetched(notice, profile, answer.errors)
        return FetchResult(told, is_whole=not verdict.transient)


def verdict_on(answer: GraphAnswer, *, is_null: bool) -> Verdict:
    """
    Judge an answer; what is left is to use it or to do without.

    Raises BoardUnavailableError for everything that may pass.
    """
    # A proxy's page under 200 is no answer of SEEK's: it must not count as a refusal.
    nothing = () if answer.data is not None else (QueryError(),)
    verdict = judge(
        answer.status,
        answer.errors or nothing,
        is_null=is_null,
        retry_after=answer.retry_after,
    )
    if verdict.action in {Action.OK, Action.OK_PARTIAL, Action.UNAVAILABLE}:
        return verdict
    raise unavailable(answer, verdict)


def _kept_verdict(notice: Submission) -> Verdict:
    is_null = profile_of(notice) is None
    return judge(HTTPStatus.OK, errors_of(notice), is_null=is_null)


def unavailable(answer: GraphAnswer, verdict: Verdict) -> BoardUnavailableError:
    """Say by codes what SEEK answered, and when to ask again."""
    codes = ", ".join(sorted(filter(None, answer.codes))) or "no code"
    wait = None if verdict.seconds is None else timedelta(seconds=verdict.seconds)
    return BoardUnavailableError(
        f"SEEK answers {answer.status} ({codes}): {verdict.action}", retry_after=wait
    )
