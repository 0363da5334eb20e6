"""What a Careerjet form means, field by field."""

from datetime import UTC, datetime

from letterbox.boards.careerjet import BOARD
from letterbox.domain.application import Source
from letterbox.domain.candidate import Candidate, Email, Person, PersonName, Phone
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import Role
from tests.factories import careerjet

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_each_field_of_a_form_has_its_place_in_the_record() -> None:
    """Nothing of it is lost, and nothing is in two places."""
    submission, _ = careerjet("1", received_at=NOW)
    fields = [
        *submission.said["fields"],  # type: ignore[index,call-overload,misc]
        {"name": "phone_number", "value": "+44 20 7946 0100"},
        {"name": "candidate_ip", "value": "192.0.2.1"},
        {"name": "candidate_user_agent", "value": "Example/1.0"},
    ]

    reading = BOARD.read(submission.model_copy(update={"said": {"fields": fields}}))

    name = PersonName(given="Ada", family="Example", formatted="Ada Example")
    assert reading == Reading(
        source=Source(
            board="careerjet",
            board_id="1",
            job_reference="20240107-123456-7890",
            ip_address="192.0.2.1",
            user_agent="Example/1.0",
        ),
        candidate=Candidate(
            person=Person(name=name),
            emails=(Email(address="ada@example.com"),),
            phones=(Phone(formatted_number="+44 20 7946 0100"),),
        ),
        references=References(job_reference="20240107-123456-7890"),
        applied_at=NOW,
        texts=(Text(role=Role.COVER_LETTER, text="Please find attached my CV."),),
        incomplete=False,
    )
