"""418: what is the board's and cannot be kept, or cannot even be read; by curl."""

import pytest

from letterbox.boards.careerjet import sign
from tests.end_to_end.processes.curl import NEEDS_CURL, curl, submit
from tests.end_to_end.processes.installation import SECRET, Installation
from tests.end_to_end.processes.posted import PostedApplication

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers"), NEEDS_CURL]

INVALID = (403, "invalid source")
UNEXPECTED = (418, "unexpected error")
_MIB = 1024 * 1024
_SIGNED = sign("one", SECRET)


@pytest.mark.parametrize(
    ("uuid", "changes"),
    [
        (None, {"source_signature": sign("", SECRET)}),
        ("", {}),
        ("  ", {}),
        ("x" * 129, {}),
        ("with\ttab", {}),
        ("line\nbreak", {}),
        ("next\x85line", {}),
    ],
)
def test_418_where_the_board_signed_a_uuid_that_is_none(
    uuid: str | None, changes: dict[str, str], house: Installation
) -> None:
    """It is theirs, and still cannot be kept under any id."""
    changed = {**changes, **({"uuid": None} if uuid is None else {})}

    answer = submit(
        PostedApplication(uuid=uuid or "", changes=changed), house.api.apply_url
    )

    assert answer.said == UNEXPECTED


def test_403_for_a_missing_uuid_where_the_signature_does_not_fit(
    house: Installation,
) -> None:
    """The check of the signature comes first."""
    changes = {"uuid": None, "source_signature": sign("another", SECRET)}

    answer = submit(PostedApplication(changes=changes), house.api.apply_url)

    assert answer.said == INVALID


@pytest.mark.parametrize("twice", ["uuid=x", f"source_signature={_SIGNED}"])
def test_418_where_uuid_or_signature_came_twice(
    twice: str, house: Installation
) -> None:
    """Nobody can tell which of them was meant."""
    house.settle()
    before = house.kept()

    answer = submit(PostedApplication(), house.api.apply_url, "--form-string", twice)

    assert answer.said == UNEXPECTED
    assert house.kept() == before


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"uuid": "x"}'),
        ("application/x-www-form-urlencoded", b"uuid=x&source_signature=y"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b"--another\r\n\r\nx"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="uuid"\r\n\r\nx',
        ),
        ("multipart/form-data; boundary=b", b""),
    ],
)
def test_418_where_the_form_cannot_be_read(
    content_type: str, body: bytes, house: Installation
) -> None:
    """What cannot be parsed has no signature to check."""
    answer = curl(
        *("-H", f"Content-Type: {content_type}", "--data-binary", "@-"),
        house.api.apply_url,
        body=body,
    )

    assert answer.said == UNEXPECTED


@pytest.mark.parametrize("expect", ["Expect: 100-continue", "Expect:"])
@pytest.mark.parametrize("size", [15, 16, 40])
def test_418_is_seen_by_those_who_send_too_much(
    size: int, expect: str, house: Installation
) -> None:
    """The body is read on before the answer, else the sender sees a broken pipe."""
    house.settle()
    before = house.kept()
    submission = PostedApplication(cv=b"x" * size * _MIB)

    answer = submit(submission, house.api.apply_url, "-H", expect)

    assert answer.said == UNEXPECTED
    assert answer.json["detail"] == "the body is too large"
    assert house.kept() == before
