"""Careerjet's table of answers, row by row: by curl, from a real server process."""

import shutil
import time
from collections.abc import Callable

import pytest

from letterbox.boards.careerjet import sign
from letterbox.domain.positions import Position
from letterbox_cli.samples import CV as SAMPLE_CV
from tests.end_to_end.processes.curl import NEEDS_CURL, run, submit
from tests.end_to_end.processes.installation import OLD_SECRET, SECRET, Installation
from tests.end_to_end.processes.posted import OPEN, PostedApplication

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers"), NEEDS_CURL]

ACCEPTED = (200, "application accepted")
INVALID = (403, "invalid source")
CLOSED = (409, "application period closed")
GONE = (410, "job not found")

_SEEN_WITHIN = 3
# The specification's own words, but for the address and the two last lines.
_EXAMPLE = r"""
curl -X POST -H "Content-Type: multipart/form-data" \
-F "uuid=12345678-aaaa-bbbb-cccc-123456789abc" \
-F "job_id=20240107-123456-7890" \
-F "candidate_ip=9.9.9.9" \
-F "candidate_user_agent=Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0" \
-F "firstname=Joe" \
-F "lastname=Smith" \
-F "email=joe.smith@example.com" \
-F "phone_number=(212) 555-1234" \
-F "cv=@test_cv.pdf" \
-F "cover_letter=Please find attached my CV." \
"""  # noqa: E501 to the letter


def test_the_specifications_example_works_to_the_letter(house: Installation) -> None:
    """Their curl, with the signature they say to add, is accepted and kept whole."""
    uuid = "12345678-aaaa-bbbb-cccc-123456789abc"
    shutil.copy(SAMPLE_CV, house.folder / "test_cv.pdf")
    ending = f'-F "source_signature={sign(uuid, SECRET)}" {house.api.apply_url} "$@"'
    script = f"cd {house.folder} && {_EXAMPLE}{ending}"

    answer = run(("bash", "-c", script, "curl"))

    assert answer.code == 200
    assert answer.json == {"status": "application accepted"}
    record = house.recorded(f"careerjet:{uuid}")
    assert record.candidate.person.name.formatted == "Joe Smith"
    assert record.position.reference == OPEN
    cv, letter = record.attachments
    assert (cv.filename, cv.size) == ("test_cv.pdf", SAMPLE_CV.stat().st_size)
    assert letter.size == len("Please find attached my CV.")


@pytest.mark.parametrize(
    "signature", [None, "", "0" * 32, sign("another", SECRET), "é☃", "A" * 5000]
)
def test_403_where_the_signature_does_not_fit(
    signature: str | None, house: Installation
) -> None:
    """An absent or wrong signature is refused, and nothing of it is kept."""
    house.settle()
    before = house.kept()

    answer = submit(
        PostedApplication(changes={"source_signature": signature}), house.api.apply_url
    )

    assert answer.said == INVALID
    assert house.kept() == before


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
def test_200_where_the_signature_fits_any_secret_in_any_case(
    secret: str, spell: Callable[[str], str], house: Installation
) -> None:
    """Both secrets are good while they rotate, and hexadecimal has two cases."""
    submission = PostedApplication(secret=secret)
    signed = spell(sign(submission.uuid, secret))

    answer = submit(
        PostedApplication(uuid=submission.uuid, changes={"source_signature": signed}),
        house.api.apply_url,
    )

    assert answer.said == ACCEPTED


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("20240107-123456-closed", CLOSED),
        ("20240107-123456-removed", GONE),
        ("never heard of", GONE),
        ("../../catalogue", GONE),
        ("..", GONE),
    ],
)
def test_409_and_410_where_the_position_takes_nobody(
    reference: str, said: tuple[int, str], house: Installation
) -> None:
    """Closed, removed and unknown positions are told apart; nothing is kept."""
    house.settle()
    before = house.kept()

    answer = submit(PostedApplication(job_id=reference), house.api.apply_url)

    assert answer.said == said
    assert house.kept() == before


def test_200_for_a_repeat_whatever_became_of_the_position(house: Installation) -> None:
    """What was accepted once stays so; new ones learn of a change within 3 s."""
    house.catalogue.put(Position(reference="short-lived"))
    first = PostedApplication(job_id="short-lived")
    assert submit(first, house.api.apply_url).said == ACCEPTED

    house.catalogue.close("short-lived")
    _assert_seen(house, "short-lived", CLOSED)
    assert submit(first, house.api.apply_url).said == ACCEPTED

    house.catalogue.remove("short-lived")
    _assert_seen(house, "short-lived", GONE)
    assert submit(first, house.api.apply_url).said == ACCEPTED
    assert len(house.recorded(first.id).views) == 1


def _assert_seen(house: Installation, reference: str, said: tuple[int, str]) -> None:
    """Apply until the change shows: whoever came 3 s after it must have seen it."""
    changed = time.monotonic()
    while True:
        began = time.monotonic()
        answer = submit(PostedApplication(job_id=reference), house.api.apply_url)
        if answer.said == said:
            return
        assert began - changed < _SEEN_WITHIN
