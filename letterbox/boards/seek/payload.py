"""
What is stored of a SEEK application as SEEK sent it: the notice, then the profile.

A submission's ``said`` is that payload.
"""

from collections.abc import Sequence

from pydantic import JsonValue

from letterbox.boards.graphql import QueryError
from letterbox.boards.node import Node, storable
from letterbox.domain.submission import Submission


def fetched(
    submission: Submission, profile: JsonValue, errors: Sequence[QueryError]
) -> Submission:
    """
    Add the response to the notice: ``candidateProfile``, null included, and the errors.

    The fingerprint stays that of the event, by which a repeated notice is known.
    """
    payload: dict[str, JsonValue] = {
        **_payload(submission),
        "profile": storable(profile),
        "errors": [error.model_dump(mode="json") for error in errors],
    }
    return submission.model_copy(update={"said": payload})


def unfetched(submission: Submission) -> Submission:
    """Return the notice alone, about which SEEK may be asked again."""
    notice = {
        key: value
        for key, value in _payload(submission).items()
        if key not in {"profile", "errors"}
    }
    return submission.model_copy(update={"said": notice, "documents": ()})


def is_fetched(submission: Submission) -> bool:
    """Return whether SEEK was asked already."""
    return "profile" in _payload(submission)


def profile_of(submission: Submission) -> JsonValue:
    """Return the profile as it was fetched; None before, and where SEEK has none."""
    return Node(submission.said).node("profile").value


def errors_of(submission: Submission) -> tuple[QueryError, ...]:
    """Return the errors that came with the profile, as far as they were stored."""
    codes = (error.text("code") for error in Node(submission.said).nodes("errors"))
    return tuple(QueryError(code=code) for code in codes)


def candidate_profile_id(submission: Submission) -> str | None:
    """Return what to ask SEEK for; None only where the submission is not ours."""
    return Node(submission.said).text("event", "candidateApplicationProfileId")


def _payload(submission: Submission) -> dict[str, JsonValue]:
    return submission.said if isinstance(submission.said, dict) else {}
