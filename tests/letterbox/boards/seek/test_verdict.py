"""What SEEK's answers mean for what to do next."""

from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st

from letterbox.boards.graphql import QueryError
from letterbox.boards.seek.verdict import Action, Verdict, judge

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NESTED = ("candidateProfile", "associatedPositionProfile", "branding")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def errors(*codes: str | None) -> list[QueryError]:
    """Make an error of each code."""
    return [QueryError(code=code, path=NESTED) for code in codes]


@pytest.mark.parametrize(
    ("status", "codes", "action"),
    [
        (200, [], Action.UNAVAILABLE),
        (200, ["FORBIDDEN"], Action.UNAVAILABLE),
        (403, ["FORBIDDEN"], Action.UNAVAILABLE),
        (400, ["BAD_USER_INPUT"], Action.UNAVAILABLE),
        (200, ["FORBIDDEN", "BAD_USER_INPUT"], Action.UNAVAILABLE),
        (200, ["UNAUTHENTICATED"], Action.RENEW_TOKEN),
        (401, [], Action.RENEW_TOKEN),
        (500, ["UNAUTHENTICATED", "FORBIDDEN"], Action.RENEW_TOKEN),
        (200, ["INTERNAL_SERVER_ERROR"], Action.RETRY),
        (200, ["FORBIDDEN", "INTERNAL_SERVER_ERROR"], Action.RETRY),
        (200, ["SOMETHING_NEW"], Action.RETRY),
        (200, [None], Action.RETRY),
        (400, ["GRAPHQL_VALIDATION_FAILED"], Action.RETRY),
        (400, [], Action.RETRY),
        (403, [], Action.RETRY),
        (302, [], Action.RETRY),
        (500, [], Action.RETRY),
        (503, ["FORBIDDEN"], Action.RETRY),
        (429, [], Action.RETRY_LATER),
        (429, ["FORBIDDEN"], Action.RETRY_LATER),
    ],
)
def test_a_response_without_data_is_judged_by_code_then_status(
    status: int, codes: list[str | None], action: Action
) -> None:
    """Codes come before the status, and whatever is new is asked again."""
    verdict = judge(status, errors(*codes), is_null=True)

    assert verdict == Verdict(action)


@pytest.mark.parametrize(
    ("status", "codes", "verdict"),
    [
        (200, [], Verdict(Action.OK)),
        (200, ["FORBIDDEN"], Verdict(Action.OK_PARTIAL)),
        (200, ["FORBIDDEN", "NEW"], Verdict(Action.OK_PARTIAL, transient=True)),
        (200, ["NEW"], Verdict(Action.OK_PARTIAL, transient=True)),
        (200, ["UNAUTHENTICATED"], Verdict(Action.RENEW_TOKEN)),
        (500, [], Verdict(Action.RETRY)),
    ],
)
def test_a_response_with_data_is_judged_with_its_errors(
    status: int, codes: list[str | None], verdict: Verdict
) -> None:
    """Data and errors are judged together, as SEEK sends them."""
    given = judge(status, errors(*codes), is_null=False)

    assert given == verdict


@pytest.mark.parametrize(
    ("status", "codes", "is_null", "action", "seconds"),
    [
        (429, [], True, Action.RETRY_LATER, 7.0),
        (503, [], True, Action.RETRY_LATER, 7.0),
        (200, ["NEW"], True, Action.RETRY_LATER, 7.0),
        (200, ["NEW"], False, Action.OK_PARTIAL, 7.0),
        (200, ["FORBIDDEN"], True, Action.UNAVAILABLE, None),
        (200, ["FORBIDDEN"], False, Action.OK_PARTIAL, None),
        (200, [], False, Action.OK, None),
    ],
)
def test_retry_after_is_honoured_wherever_a_retry_makes_sense(
    status: int,
    codes: list[str | None],
    action: Action,
    seconds: float | None,
    *,
    is_null: bool,
) -> None:
    """The code of a limited call is not public; the header is a standard."""
    verdict = judge(status, errors(*codes), is_null=is_null, retry_after=7.0)

    assert (verdict.action, verdict.seconds) == (action, seconds)
