"""The routes of the desk: there are none where no operator is configured."""

from fastapi import APIRouter

from api.desk import (
    actions,
    application,
    applications,
    journal,
    kept,
    positions,
    sign_in,
    static_files,
    today,
)

router = APIRouter()
for _routes in (
    sign_in,
    static_files,
    today,
    applications,
    actions,
    application,
    positions,
    kept,
    journal,
):
    router.include_router(_routes.router)
