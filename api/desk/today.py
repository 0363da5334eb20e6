"""/desk: whether boards deliver, what waits, and what is wrong."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from api.dependencies import Services
from api.desk.alerts import ReadGauge, Schedule, alerts, known, schedules_of
from api.desk.arrivals import DAY, HOUR, Counted
from api.desk.charts import HEIGHT, WIDTH, reasons_of, rectangles, refused_by
from api.desk.dependencies import DeskServices, desk_of
from api.desk.pages import page
from api.desk.route import DeskRoute
from api.operator.auth import needs, operator_of
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.operators import Operator, Permission
from letterbox.domain.refusals import Refusal
from letterbox.temporal.schedules import AUDIT, KINDS

_WITHIN = 0.1
_STORE_WITHIN = 1.0
_FIRST_WITHIN = 1.0

router = APIRouter(include_in_schema=False, route_class=DeskRoute)


@router.get("/desk", openapi_extra=needs(Permission.READ))
async def today(request: Request, services: Services) -> Response:
    """Show it, with what is known by now: a page is not kept waiting for counts."""
    operator = operator_of(request)
    desk = desk_of(request)
    counted, refused = await asyncio.gather(
        desk.arrivals.counted(operator.hirers, _WITHIN, _FIRST_WITHIN),
        _refused_lately(desk, operator),
    )
    read = services.metrics.registry.get_sample_value
    schedules = schedules_of(read, list(KINDS))
    about: dict[str, Any] = {}
    if operator.hirers is None:
        about = {
            "alerts": alerts(read, schedules, time.time()),
            "depth": known(read("letterbox_inbox_depth", {})),
            "oldest": known(read("letterbox_inbox_oldest_seconds", {})),
            "overdue": known(read("letterbox_archives_overdue", {})),
            "imported": _moment(read, "letterbox_catalogue_last_import"),
            **runs_of(schedules, _moment(read, "letterbox_audit_last_run")),
        }
    return page(
        request,
        "today.html",
        counted=counted,
        has_ats=await _has_ats(desk),
        refusals=_refused(refused, datetime.now(UTC)) if refused else {},
        boards=_shown_boards(counted, refused, desk.boards),
        sees_all=operator.hirers is None,
        rectangles=rectangles,
        width=WIDTH,
        height=HEIGHT,
        **about,
    )


def runs_of(schedules: list[Schedule], audited: datetime | None) -> dict[str, Any]:
    """Return when each schedule last succeeded; an audit by hand is one, too."""
    moments = {one.name: _at(one.last_success) for one in schedules if one.every}
    if AUDIT in moments:
        moments[AUDIT] = max(filter(None, (moments[AUDIT], audited)), default=None)
    return {
        "schedules": [(one, moments[one.name]) for one in schedules if one.every],
        "audited": None if AUDIT in moments else audited,
    }


async def _refused_lately(
    desk: DeskServices, operator: Operator
) -> Counter[Refusal] | None:
    """Return what was refused, for who sees all: nobody knows whose it would be."""
    return await desk.refusals.lately(_WITHIN) if operator.hirers is None else None


async def _has_ats(desk: DeskServices) -> bool:
    """Return whether somebody is told; a store that does not say so has its alert."""
    try:
        return await desk.threads.run(desk.has_ats, _STORE_WITHIN)
    except (StoreUnavailableError, TimeoutError):
        return False


def _shown_boards(
    counted: Counted | None, refused: Counter[Refusal] | None, boards: tuple[str, ...]
) -> list[str]:
    """Return the boards that have sent anything; a chart of nothing says nothing."""
    if counted is None:
        return []
    has_refused = {one.board for one in refused or ()}
    return [
        board
        for board in boards
        if board in has_refused
        or any(bar.count for bar in (*counted.hours[board], *counted.days[board]))
    ]


def _refused(refused: Counter[Refusal], now: datetime) -> dict[str, Any]:
    """Return charts of what each board was refused, and the reasons."""
    return {
        board: {
            "hours": refused_by(refused, board, HOUR, now),
            "days": refused_by(refused, board, DAY, now),
            "why": reasons_of(refused, board, now),
        }
        for board in sorted({one.board for one in refused})
    }


def _moment(read: ReadGauge, name: str) -> datetime | None:
    return _at(known(read(f"{name}_timestamp_seconds", {})))


def _at(timestamp: float | None) -> datetime | None:
    return datetime.fromtimestamp(timestamp, UTC) if timestamp else None
