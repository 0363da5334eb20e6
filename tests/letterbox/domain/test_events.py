"""What the ATS is told: enough to go and look, and nothing of the candidate."""

import json
from datetime import timedelta, timezone

import pytest

from letterbox.domain.application import EventType, Flag, PositionOpening, Stage
from letterbox.domain.events import ApplicationEvent, Event, event_of
from tests.record_factory import NOON, OF_THE_CANDIDATE, attachment, record

ID = "careerjet:a/b: ü"
URL = "/applications/careerjet%3Aa%2Fb%3A%20%C3%BC"


def happening(
    type_: EventType = EventType.MATCHED, stage: Stage = Stage.MATCHED
) -> ApplicationEvent:
    """Have something happen of which the workflow knows all that it can."""
    return ApplicationEvent(
        application_id=ID,
        type=type_,
        happened_at=NOON,
        stage=stage,
        flags=(Flag.HELD,),
        position="R-2",
        hirer="Bank",
        archive_by=NOON + timedelta(days=166),
    )


def body(event: Event) -> object:
    """Read what goes out."""
    return json.loads(event.model_dump_json())


def test_an_event_says_what_happened_and_where_to_look() -> None:
    """The stage is that of the moment; all else is as it is now."""
    told = event_of(
        happening(stage=Stage.TRIAGE),
        record(ID, attachment("aa.pdf"), attachment("bb.txt")),
    )

    assert body(told) == {
        "type": "application.matched",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {
            "id": ID,
            "board": "careerjet",
            "stage": "triage",
            "flags": ["odd-file"],
            "position": {"reference": "R-1", "hirer": "Post"},
            "job_reference": None,
            "triage": None,
            "archive_by": "2026-08-14T12:00:00Z",
            "url": URL,
            "documents": [f"{URL}/documents/aa.pdf", f"{URL}/documents/bb.txt"],
        },
    }


@pytest.mark.parametrize("type_", EventType)
def test_no_event_tells_of_the_candidate(type_: EventType) -> None:
    """Nor of what the candidate sent: the ATS reads that with its token."""
    told = event_of(happening(type_), record(ID, attachment("aa.pdf")))

    text = told.model_dump_json()
    assert not [word for word in OF_THE_CANDIDATE if word in text]


def test_an_erased_application_is_only_mentioned() -> None:
    """Even while its record is still there."""
    told = event_of(happening(EventType.ERASED, Stage.ERASED), record(ID))

    assert body(told) == {
        "type": "application.erased",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {"id": ID, "board": "careerjet", "stage": "erased"},
    }


def test_without_a_record_the_workflow_is_believed() -> None:
    """An archived application has its documents in the archive."""
    told = event_of(happening(EventType.ARCHIVED, Stage.ARCHIVED), None)

    assert body(told) == {
        "type": "application.archived",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {
            "id": ID,
            "board": "careerjet",
            "stage": "archived",
            "flags": ["held"],
            "position": {"reference": "R-2", "hirer": "Bank"},
            "job_reference": None,
            "triage": None,
            "archive_by": "2026-08-14T12:00:00Z",
            "url": URL,
            "documents": [],
        },
    }


def test_only_documents_that_can_be_had_are_named() -> None:
    """And one that came in two roles is named once."""
    told = event_of(
        happening(),
        record(
            ID,
            attachment("aa.pdf"),
            attachment("aa.pdf"),
            attachment("bb.pdf", "missing"),
            attachment("cc.pdf", scan="infected"),
            attachment("dd.bin", "unknown-type", scan="infected"),
            attachment("ee.bin", "unknown-type", scan="unscanned"),
            attachment(None, "too-large"),
        ),
    )

    assert json.loads(told.model_dump_json())["data"]["documents"] == [
        f"{URL}/documents/aa.pdf",
        f"{URL}/documents/ee.bin",
    ]


@pytest.mark.parametrize(
    ("opening", "hirer", "expected"),
    [
        (PositionOpening(triage="no-reference"), "Board's", None),
        (PositionOpening(reference="R"), None, {"reference": "R", "hirer": None}),
        (
            PositionOpening(reference="R"),
            "Board's",
            {"reference": "R", "hirer": "Board's"},
        ),
    ],
)
def test_the_position(
    opening: PositionOpening, hirer: str | None, expected: object
) -> None:
    """None in triage; one of every hirer's is told with the hirer applied to."""
    told = event_of(happening(), record(ID, position=opening, hirer=hirer))

    assert json.loads(told.model_dump_json())["data"]["position"] == expected


def test_moments_are_told_in_utc() -> None:
    """A moment may have been noted in any time zone."""
    elsewhere = NOON.astimezone(timezone(timedelta(hours=10)))
    noted = happening(EventType.ARCHIVED).model_copy(update={"happened_at": elsewhere})

    assert event_of(noted, None) == event_of(happening(EventType.ARCHIVED), None)
    assert '"2026-03-01T12:00:00Z"' in event_of(noted, None).model_dump_json()
