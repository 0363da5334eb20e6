"""What a response of SEEK's leads to: it is used, done without, or asked for again."""

from datetime import timedelta

from letterbox.boards.graphql import GraphQLResponse, QueryError
from letterbox.boards.seek.verdict import Action, Verdict, judge
from letterbox.domain.errors import BoardUnavailableError


def verdict_on(response: GraphQLResponse, *, is_null: bool) -> Verdict:
    """
    Judge a response; what is left is to use it or to do without.

    Raises BoardUnavailableError for everything that may pass.
    """
    # A proxy's page under 200 is not SEEK's: it must not count as a refusal.
    no_data = () if response.data is not None else (QueryError(),)
    verdict = judge(
        response.status,
        response.errors or no_data,
        is_null=is_null,
        retry_after=response.retry_after,
    )
    if verdict.action in {Action.OK, Action.OK_PARTIAL, Action.UNAVAILABLE}:
        return verdict
    raise unavailable(response, verdict)


def unavailable(response: GraphQLResponse, verdict: Verdict) -> BoardUnavailableError:
    """Name by codes what SEEK answered, and when to ask again."""
    codes = ", ".join(sorted(filter(None, response.codes))) or "no code"
    wait = None if verdict.seconds is None else timedelta(seconds=verdict.seconds)
    return BoardUnavailableError(
        f"SEEK answers {response.status} ({codes}): {verdict.action}", retry_after=wait
    )
