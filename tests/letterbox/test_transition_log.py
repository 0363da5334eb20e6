"""One line for each thing that happens to an application; no line for nothing."""

from datetime import UTC, datetime

from structlog.testing import capture_logs

from letterbox.domain.application import Hold, PositionOpening
from letterbox.domain.commands import HoldRequest
from letterbox.transition_log import note_hold, note_record
from tests.record_factory import record

ID = "careerjet:1"
AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_record_says_whether_its_position_was_found() -> None:
    """Or why a person must choose one; a newer view only what has changed."""
    matched = record(ID, position=PositionOpening(reference="DEV-17"))
    triaged = record(ID, position=PositionOpening(triage="ambiguous"))
    with capture_logs() as logs:
        note_record(None, matched)
        note_record(None, triaged)
        note_record(triaged, triaged)
        note_record(triaged, matched)

    assert [one["event"] for one in logs] == [
        *("recorded", "matched"),
        *("recorded", "triaged"),
        "refreshed",
        *("refreshed", "matched"),
    ]
    assert logs[1]["position"] == "DEV-17"
    assert logs[3]["reason"] == "ambiguous"
    assert {(one["application"], one["board"]) for one in logs} == {(ID, "careerjet")}


def test_a_hold_that_is_asked_for_again_is_repeated() -> None:
    """By a step that runs twice, or a person who asks twice."""
    asked = HoldRequest(reason="case 1", by="ada", request_id="r-1")
    placed = Hold(reason="case 1", by="ada", placed_at=AT)
    release = HoldRequest(release=True, by="ada")
    with capture_logs() as logs:
        note_hold(ID, asked, None)
        note_hold(ID, asked, placed)
        note_hold(ID, asked.model_copy(update={"reason": "case 2"}), placed)
        note_hold(ID, release, placed)
        note_hold(ID, release, None)

    assert [one["event"] for one in logs] == [
        "held",
        "repeated",
        "held",
        "released",
        "repeated",
    ]
    assert (logs[0]["by"], logs[0]["request_id"]) == ("ada", "r-1")
    assert [one.get("what") for one in logs] == [None, "held", None, None, "released"]
