"""What is kept of a SEEK application as SEEK said it: the notice, then the profile."""

from collections.abc import Sequence

from pydantic import JsonValue

from boards.seek.node import Node, storable
from domain.graphql import QueryError
from domain.inbox import Delivery


def fetched(
    delivery: Delivery, profile: JsonValue, errors: Sequence[QueryError]
) -> Delivery:
    """
    Add the answer to the notice: ``candidateProfile``, null included, and the errors.

    The fingerprint stays that of the event, by which a repeated notice is known.
    """
    told = delivery.said if isinstance(delivery.said, dict) else {}
    said: dict[str, JsonValue] = {
        **told,
        "profile": storable(profile),
        "errors": [error.model_dump(mode="json") for error in errors],
    }
    return delivery.model_copy(update={"said": said})


def unfetched(delivery: Delivery) -> Delivery:
    """Give the notice alone: what may be asked about again."""
    told = delivery.said if isinstance(delivery.said, dict) else {}
    said = {key: told[key] for key in told if key not in {"profile", "errors"}}
    return delivery.model_copy(update={"said": said, "documents": ()})


def is_fetched(delivery: Delivery) -> bool:
    """Tell whether SEEK was asked already."""
    return isinstance(delivery.said, dict) and "profile" in delivery.said


def profile_of(delivery: Delivery) -> JsonValue:
    """Give the profile as it was fetched; None before, and where SEEK has none."""
    return Node(delivery.said).node("profile").value


def errors_of(delivery: Delivery) -> tuple[QueryError, ...]:
    """Give the errors that came with the profile, as far as they were kept."""
    codes = (error.text("code") for error in Node(delivery.said).nodes("errors"))
    return tuple(QueryError(code=code) for code in codes)


def candidate_profile_id(delivery: Delivery) -> str | None:
    """Tell what to ask SEEK for; None only where the delivery is not one of ours."""
    return Node(delivery.said).text("event", "candidateApplicationProfileId")
