"""The routes of the desk: there are none where no operator is configured."""

from fastapi import APIRouter

from api.desk import (
    actions,
    application,
    applications,
    audit,
    identity_provider,
    journal,
    ledgers,
    positions,
    renderings,
    search,
    sign_in,
    static_files,
    today,
)

router = APIRouter()
for _routes in (
    sign_in,
    identity_provider,
    static_files,
    today,
    applications,
    actions,
    application,
    renderings,
    search,
    positions,
    ledgers,
    audit,
    journal,
):
    router.include_router(_routes.router)
