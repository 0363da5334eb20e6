"""What is behind a 200: everything that was sent, in its place and nowhere else."""

from pathlib import Path
from random import Random

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from letterbox.domain.submission import Submission
from tests.end_to_end.processes.curl import NEEDS_CURL, submit
from tests.end_to_end.processes.installation import Installation
from tests.end_to_end.processes.posted import CV, PostedApplication, assert_kept_once
from tests.support import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers"), NEEDS_CURL]

_OF_PROCESSES = {".log", ".db", ".db-wal", ".db-shm"}
ACCEPTED = (200, "application accepted")


def test_documents_are_kept_byte_for_byte(house: Installation) -> None:
    """A CV of a megabyte of anything comes out as it went in."""
    submission = PostedApplication(cv=CV + Random(1).randbytes(1_000_000))  # noqa: S311

    assert submit(submission, house.api.apply_url).said == ACCEPTED

    record = house.recorded(submission.id)
    assert_kept_once(house, submission)
    assert (record.stage, record.flags) == (Stage.MATCHED, ())


@pytest.mark.parametrize("missing", ["cv", "email", "job_id", "name"])
@pytest.mark.parametrize("instead", [None, ""], ids=["absent", "empty"])
def test_what_is_missing_is_flagged_and_not_refused(
    missing: str, instead: str | None, house: Installation
) -> None:
    """A person who left something out has applied all the same."""
    names = ["firstname", "lastname"] if missing == "name" else [missing]
    submission = PostedApplication(
        cv=None if missing == "cv" else CV, changes=dict.fromkeys(names, instead)
    )

    assert submit(submission, house.api.apply_url).said == ACCEPTED

    assert house.recorded(submission.id).flags == (Flag.INCOMPLETE,)


def test_other_content_under_the_same_uuid_is_kept_beside_the_first(
    house: Installation,
) -> None:
    """Anyone who saw one request could send another: the record stays the first."""
    first = PostedApplication()
    other = PostedApplication(
        uuid=first.uuid, cv=CV + b"another", changes={"email": "other@example.com"}
    )
    assert submit(first, house.api.apply_url).said == ACCEPTED
    before = house.recorded(first.id)

    assert submit(other, house.api.apply_url).said == ACCEPTED

    wait_until(lambda: len(house.recorded(first.id).views) == 2)
    record = house.recorded(first.id)
    assert record.flags == (Flag.CONFLICT,)
    assert record.candidate == before.candidate
    assert record.attachments == before.attachments
    assert other.document in {one.name for one in record.views[1].attachments}
    said = Submission.model_validate_json(house.store.get(keys.source(first.id, 2)))
    assert "other@example.com" in str(said.said)
    for one in (first, other):
        assert house.store.get(keys.document(first.id, one.document)) == one.cv


@pytest.mark.parametrize(
    "uuid",
    [
        "../../../escaped",
        "..",
        "a/b/../../c",
        "/tmp/letterbox-escaped",  # noqa: S108 must not come to be
        "..\\..\\escaped",
        "%2e%2e%2fescaped",
        "x" * 128,
        "\N{ENVELOPE WITH LIGHTNING}" * 128,
        "жук ключ",
        "a\"b'c;d&e=f",
        "~",
        "careerjet:careerjet:",
    ],
)
def test_a_hostile_uuid_does_not_escape(uuid: str, house: Installation) -> None:
    """Whatever it is made of, it is one part of a key and nothing else."""
    house.settle()
    before = house.kept("..")
    submission = PostedApplication(uuid=uuid)

    assert submit(submission, house.api.apply_url).said == ACCEPTED

    record = house.recorded(submission.id)
    assert_kept_once(house, submission)
    assert record.source.board_id == uuid
    _assert_only_in(house, keys.application(submission.id), before)


@pytest.mark.parametrize(
    "filename",
    [
        "../../../escaped.pdf",
        "..",
        "/tmp/letterbox-escaped",  # noqa: S108 must not come to be
        "..\\..\\escaped.pdf",
        "%2e%2e%2fescaped.pdf",
        "application.json",
        "x" * 4000,
        "лист\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe",
        "a\"b'c;d.pdf",
        "two\nlines.pdf",
    ],
)
def test_a_hostile_file_name_does_not_escape(
    filename: str, house: Installation
) -> None:
    """It is told in the record; the document is named by its content."""
    house.settle()
    before = house.kept("..")
    submission = PostedApplication(filename=filename)

    assert submit(submission, house.api.apply_url).said == ACCEPTED

    record = house.recorded(submission.id)
    assert_kept_once(house, submission)
    assert record.attachments[0].filename
    _assert_only_in(house, keys.application(submission.id), before)


def _assert_only_in(
    house: Installation, prefix: str, before: dict[str, tuple[int, int]]
) -> None:
    """Check that what has come to be lies where it belongs; logs grow elsewhere."""
    came = {name for name, file in house.kept("..").items() if before.get(name) != file}
    belongs = f"store/{prefix}"
    ours = {name for name in came if name.startswith(belongs)}
    assert f"{belongs}application.json" in ours
    assert {Path(name).suffix for name in came - ours} <= _OF_PROCESSES
    assert not Path("/tmp/letterbox-escaped").exists()  # noqa: S108
