"""A status that a board has no word for is noted, and is no failure of anybody's."""

from datetime import UTC, datetime, timedelta

from temporalio.testing import ActivityEnvironment

from activities.intake import ApplicationActivities
from activities.reporting import StatusActivities
from letterbox.boards.linkedin.client.actions import open_actions
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.domain.commands import (
    NoteReportingInput,
    NoteStatusInput,
    SendStatusInput,
    StatusReport,
)
from letterbox.domain.messages import StoreInput
from letterbox.domain.standing import CandidateStatus, Reporting
from letterbox.records.applications import StoredApplications
from tests.activities.addressed import ID, posted, record
from tests.activities.board import Board


async def test_a_status_without_a_word_is_unsupported(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """Not refused, which would raise an alarm each time that a candidate is hired."""
    applications.accept(posted(), {})
    collected = activities.store_documents(StoreInput(application_id=ID))
    record(activities, applications, Board(), collected)
    hired = StatusReport(
        id="1", status=CandidateStatus.HIRED, changed_at=datetime.now(UTC)
    )
    # Nothing listens there: that would be an outage.
    settings = LinkedInSettings(linkedin_actions_url="http://127.0.0.1:9/")
    async with open_actions(settings) as actions:
        reporting = StatusActivities(
            applications=applications, senders={"linkedin": actions}
        )
        noted = reporting.note_status(NoteStatusInput(application_id=ID, given=hired))
        change = {"application_id": ID, "change_id": "1"}
        sent = await ActivityEnvironment().run(
            reporting.send_status, SendStatusInput.model_validate(change)
        )

    assert noted.reporting is Reporting.OWED
    assert sent.reporting is Reporting.UNSUPPORTED
    reporting.note_reporting(
        NoteReportingInput(**change, reporting=Reporting.UNSUPPORTED)
    )
    found = applications.find(ID)
    assert found
    assert [one.reporting for one in found.status_changes] == [Reporting.UNSUPPORTED]

    # LinkedIn was told nothing, and wants to hear of everyone that they were viewed.
    before = hired.changed_at - timedelta(hours=1)
    late = StatusReport(id="0", status=CandidateStatus.VIEWED, changed_at=before)
    viewed = reporting.note_status(NoteStatusInput(application_id=ID, given=late))
    assert viewed.reporting is Reporting.OWED
