"""What is kept of a SEEK application as SEEK said it: the notice, then the profile."""

from collections.abc import Sequence

from pydantic import JsonValue

from letterbox.boards.seek.graphql import QueryError
from letterbox.boards.seek.node import Node, storable
from letterbox.domain.submission import Submission


def fetched(
    submission: Submission, profile: JsonValue, errors: Sequence[QueryError]
) -> Submission:
    """
    Add the answer to the notice: ``candidateProfile``, null included, and the errors.

    The fingerprint stays that of the event, by which a repeated notice is known.
    """
    told = submission.said if isinstance(submission.said, dict) else {}
    said: dict[str, JsonValue] = {
        **told,
        "profile": storable(profile),
        "errors": [error.model_dump(mode="json") for error in errors],
    }
    return submission.model_copy(update={"said": said})


def unfetched(submission: Submission) -> Submission:
    """Give the notice alone: what may be asked about again."""
    told = submission.said if isinstance(submission.said, dict) else {}
    said = {key: told[key] for key in told if key not in {"profile", "errors"}}
    return submission.model_copy(update={"said": said, "documents": ()})


def is_fetched(submission: Submission) -> bool:
    """Tell whether SEEK was asked already."""
    return isinstance(submission.said, dict) and "profile" in submission.said


def profile_of(submission: Submission) -> JsonValue:
    """Give the profile as it was fetched; None before, and where SEEK has none."""
    return Node(submission.said).node("profile").value


def errors_of(submission: Submission) -> tuple[QueryError, ...]:
    """Give the errors that came with the profile, as far as they were kept."""
    codes = (error.text("code") for error in Node(submission.said).nodes("errors"))
    return tuple(QueryError(code=code) for code in codes)


def candidate_profile_id(submission: Submission) -> str | None:
    """Tell what to ask SEEK for; None only where the submission is not one of ours."""
    return Node(submission.said).text("event", "candidateApplicationProfileId")
