"""Where the candidate of a posted application stands goes back to its board."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from letterbox.domain.commands import StatusReport
from letterbox.domain.standing import CandidateStatus, Reporting
from letterbox.temporal.updates import Updates
from tests.api.test_posts import application, id_of, post, recorded
from tests.end_to_end.processes.installation import Installation
from tests.letterbox.boards.posts import HELLOWORK, INDEED, ZIPRECRUITER, Poster
from tests.letterbox.boards.statuses.server import Says, ToldBoard
from tests.support import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def report(
    house: Installation, poster: Poster, **changes: object
) -> tuple[str, Reporting]:
    """Take an application in, and report that its candidate was hired."""
    said = application(poster) | changes
    assert post(house.api, poster, said).status_code == 200
    recorded(house, poster, said)
    updates = Updates(await house.connect(), "letterbox")
    hired = StatusReport(id=uuid4().hex, status=CandidateStatus.HIRED, changed_at=AT)
    noted = await updates.report_status(id_of(poster, said), hired)
    return id_of(poster, said), noted.reporting


def wait_for(house: Installation, application_id: str, outcome: Reporting) -> None:
    """Wait until the record says what has become of the change."""

    def changes() -> list[Reporting]:
        record = house.applications.find(application_id)
        return [one.reporting for one in record.status_changes] if record else []

    wait_until(lambda: changes() == [outcome])


async def test_ziprecruiter_is_told_until_it_has_it(
    house: Installation, told: ToldBoard
) -> None:
    """Its own id was kept; a 503 says when to come again."""
    told.says.append(Says(503, {"Retry-After": "1"}))

    application_id, reporting = await report(
        house, ZIPRECRUITER, zr_application_id="zr-4711"
    )

    assert reporting is Reporting.OWED
    wait_for(house, application_id, Reporting.SENT)
    first, again = told.told
    assert first.body == again.body
    assert again.body == {
        "zr_application_id": "zr-4711",
        "event": "hired",
        "event_timestamp": "2026-03-01T12:00:00+00:00",
    }


async def test_hellowork_is_not_told_where_it_must_not_be(house: Installation) -> None:
    """A stranger's address is refused at once, and the record says so."""
    application_id, reporting = await report(
        house, HELLOWORK, statusApiUrl="https://127.0.0.1:1/status"
    )

    assert reporting is Reporting.OWED
    wait_for(house, application_id, Reporting.REFUSED)


async def test_a_board_that_takes_none_is_noted_only(house: Installation) -> None:
    """The ATS hears so at once."""
    _, reporting = await report(house, INDEED)

    assert reporting is Reporting.UNSUPPORTED
