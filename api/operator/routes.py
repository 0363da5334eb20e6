"""The routes of the operator API, all behind a token."""

from fastapi import APIRouter, Depends

from api.operator import (
    applications,
    demographics,
    documents,
    exports,
    journal,
    list_files,
    listing,
    position_listing,
    positions,
    releases,
    renderings,
    statuses,
)
from api.operator.auth import bearer
from api.operator.authorship import checked_author
from api.operator.problems import documented

router = APIRouter(
    dependencies=[Depends(bearer), Depends(checked_author)],
    responses=documented(401, 403, 422, 429, 503),
    generate_unique_id_function=lambda route: route.name,
)
for _routes in (
    listing,
    list_files,
    exports,
    applications,
    documents,
    renderings,
    releases,
    demographics,
    statuses,
):
    router.include_router(_routes.router, tags=["applications"])
router.include_router(journal.router, tags=["journal"])
for _routes in (position_listing, positions):
    router.include_router(_routes.router, tags=["positions"])
