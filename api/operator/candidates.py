"""The applications of one person, found by the address. Blocking."""

from dataclasses import dataclass

from api.operator.dependencies import OperatorServices
from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.domain.listing import Filter, Item


@dataclass(frozen=True, slots=True)
class FoundApplications:
    """The applications of a person, and how many of the inbox cannot be read."""

    ids: frozenset[str]
    unreadable: int


def find_applications(services: OperatorServices, address: str) -> FoundApplications:
    """Find those in the inbox and the recorded; RefusedError without a digest key."""
    try:
        # In this order: what is recorded meanwhile is found by its marker.
        waiting = services.waiting_of(address)
        recorded = services.candidates.find(address)
    except SettingsError as error:
        raise RefusedError(str(error)) from None
    ids = frozenset((*waiting.application_ids, *recorded))
    return FoundApplications(ids, len(waiting.unreadable))


def page_of_person(  # noqa: PLR0913, PLR0917 what a list is asked by
    services: OperatorServices,
    address: str,
    filters: Filter,
    limit: int,
    after: str,
    hirers: frozenset[str] | None = None,
) -> tuple[list[Item], str | None]:
    """
    List a person's applications whose id comes after one, and where to go on.

    From the store, since Temporal forgets what has ended. Raises RefusedError where
    there is no digest key.
    """
    ids = find_applications(services, address).ids
    return services.people.page(ids, filters, limit, after, hirers)
