"""A Temporal that is away: said once, then once a minute, and that it is back."""

from structlog.testing import capture_logs

from letterbox.temporal.outage import Outage


def test_an_outage_is_logged_once_a_minute_and_so_is_its_end() -> None:
    """Whoever reads the log sees when it began, that it lasts, and when it ended."""
    now = 100.0
    outage = Outage(lambda: now)
    with capture_logs() as logs:
        outage.end()
        for _ in range(150):
            outage.note("no Temporal at 127.0.0.1:7233")
            now += 1
        outage.end()
        outage.end()

    assert [(one["event"], one["log_level"]) for one in logs] == [
        ("Temporal is unavailable", "error"),
        ("Temporal is unavailable", "error"),
        ("Temporal is unavailable", "error"),
        ("Temporal is back", "info"),
    ]
    assert [one.get("for_seconds") for one in logs[:3]] == [0, 60, 120]
    assert logs[-1]["after_seconds"] == 150
    assert "letterbox doctor" in logs[0]["do"]
