"""What happens to an application from SEEK, as the log tells it."""

from letterbox.history import Histories
from letterbox.resources import open_records
from tests.end_to_end.seek.seek_stack import Desk, of


async def test_the_log_tells_of_a_notice_until_it_is_a_record(desk: Desk) -> None:
    """It is received, fetched, recorded and matched, in this order and once each."""
    emitted = await desk.apply()
    record = await desk.recorded(emitted)

    lines = [one for one in desk.logs.ours if one.get("application") == of(emitted)]
    words = [one["event"] for one in lines if one["log_level"] == "info"]
    histories = Histories(
        desk.store,
        open_records(desk.settings, desk.store),
        desk.client,
        desk.settings.task_queue,
    )
    history = await histories.find(record.id)

    assert words == ["received", "fetched", "recorded", "matched"]
    assert {one["board"] for one in lines} == {"seek"}
    assert [one.event.value for one in history.items] == words
    assert all(one.at for one in history.items)
