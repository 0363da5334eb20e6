"""The applications of one person, found by the store's markers. Blocking."""

from api.operator.dependencies import OperatorServices
from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.domain.listing import Filter, Item


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
    try:
        # In this order: what is recorded meanwhile is found by its marker.
        waiting = services.waiting_of(address).application_ids
        application_ids = {*waiting, *services.candidates.find(address)}
    except SettingsError as error:
        raise RefusedError(str(error)) from None
    return services.people.page(application_ids, filters, limit, after, hirers)
