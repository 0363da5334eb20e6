"""An API without a catalogue, without Temporal, and at last without its store."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.processes.curl import NEEDS_CURL, submit
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.posted import PostedApplication

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers"), NEEDS_CURL]

ACCEPTED = (200, "application accepted")


@pytest.fixture(name="bare", scope="module")
def _bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run an API process and nothing else, on an empty store."""
    with installation(tmp_path_factory.mktemp("bare")) as made:
        made.api.start()
        yield made


@pytest.mark.parametrize("reference", ["anything", "", None])
def test_200_for_any_position_while_no_catalogue_was_imported(
    reference: str | None, bare: Installation
) -> None:
    """Nothing to judge by is no reason to have a board take a job off line."""
    submission = PostedApplication(changes={"job_id": reference})

    answer = submit(submission, bare.api.apply_url)

    assert answer.said == ACCEPTED
    [kept] = list(bare.applications.submissions(submission.id))
    # What it is, nobody has looked at yet.
    [cv] = kept.documents
    assert (cv.sha256, cv.name) == (submission.sha256, f"{submission.sha256}.bin")


def test_418_while_the_store_is_down(bare: Installation) -> None:
    """Not durable is not accepted; nothing is kept elsewhere, nothing is echoed."""
    before = bare.kept(".")
    submission = PostedApplication(changes={"email": "told.to.nobody@example.com"})

    with bare.without_store():
        answer = submit(submission, bare.api.apply_url)

    assert answer.said == (418, "unexpected error")
    assert all(text not in answer.text for text in submission.fields().values())
    came = {name for name, file in bare.kept(".").items() if before.get(name) != file}
    assert came <= {"api.log"}


def test_200_again_once_the_store_is_back(bare: Installation) -> None:
    """The board's own repeat is all it takes."""
    submission = PostedApplication()
    with bare.without_store():
        refused = submit(submission, bare.api.apply_url)

    answer = submit(submission, bare.api.apply_url)

    assert refused.code == 418
    assert answer.said == ACCEPTED
    assert len(list(bare.applications.submissions(submission.id))) == 1
