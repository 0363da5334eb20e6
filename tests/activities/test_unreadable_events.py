"""Events that cannot be read: somebody may be on them, so they raise an alarm."""

from structlog.testing import capture_logs
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from activities.reconciling import NewSubmissions, ReconcileActivities
from letterbox.boards.fetching import EventPage, Notices
from letterbox.domain.board_news import PollInput
from letterbox.records.applications import StoredApplications


class _Stream:
    """A board with a page of events, of which some are of no use."""

    def __init__(self, unreadable: int) -> None:
        self._notices = Notices(unreadable=unreadable)

    async def poll(self, cursor: str | None) -> EventPage:
        """Return the page, whatever the cursor."""
        del cursor
        return EventPage(self._notices, "next", has_next=False)


async def _nothing(*_: object) -> None:
    """Have nobody to tell."""


async def test_events_that_cannot_be_read_are_logged_and_counted(
    applications: StoredApplications,
) -> None:
    """Behind the cursor nobody asks for them: an alert goes by the count."""
    updates = {}
    for unreadable in (0, 2):
        buffer = MetricBuffer(100)
        environment = ActivityEnvironment()
        runtime = Runtime(telemetry=TelemetryConfig(metrics=buffer))
        environment.metric_meter = runtime.metric_meter
        steps = ReconcileActivities(
            streams={"seek": _Stream(unreadable)},
            acceptance=NewSubmissions(applications, _nothing),
            close=_nothing,
            follow=_nothing,
        )

        with capture_logs() as logs:
            polled = await environment.run(steps.poll_events, PollInput())

        assert polled.cursor == "next"
        updates[unreadable] = [
            (update.value, update.attributes["board"], update.attributes["kind"])
            for update in buffer.retrieve_updates()
            if update.metric.name == "letterbox_events"
        ]
        assert [line["count"] for line in logs] == [2] * bool(unreadable)

    assert updates == {0: [], 2: [(2, "seek", "unreadable")]}
