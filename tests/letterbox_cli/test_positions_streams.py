"""``letterbox positions import`` from a pipe, and what it leaves out."""

import io
import json
import os
import re
import subprocess
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from letterbox.catalogue.feed_source import copied_stream
from letterbox.catalogue.feeds.download import DownloadLimits
from letterbox.catalogue.feeds.job import FIELDS, REFERENCES
from letterbox.catalogue.lookup import load_every
from letterbox.domain.errors import FeedUnavailableError, MalformedError
from letterbox.domain.positions import PositionStatus
from letterbox.resources import open_store
from letterbox.settings import load_settings
from letterbox_cli.main import app
from letterbox_cli.samples import import_sample_positions
from tests.letterbox_cli.conftest import Letterbox
from tests.support import LETTERBOX, ROOT

FEEDS = ROOT / "tests" / "samples" / "feeds"
PAGE = (ROOT / "docs/positions.md").read_text()


def feed(*references: str) -> str:
    """Write an XML feed of such jobs."""
    jobs = "".join(
        f"<job><title>A job</title><referencenumber>{one}</referencenumber>"
        "<company>Acme</company><country>NZ</country></job>"
        for one in references
    )
    return f"<source>{jobs}</source>"


@pytest.mark.parametrize("name", ["indeed.xml", "positions.json", "positions.jsonl"])
def test_a_feed_is_imported_from_standard_input(
    name: str, environment: pytest.MonkeyPatch
) -> None:
    """By the name that other commands have for it."""
    del environment
    body = (FEEDS / name).read_bytes()

    result = CliRunner().invoke(app, ["positions", "import", "-", "--json"], input=body)

    report = json.loads(result.stdout)
    assert (result.exit_code, report["source"]) == (0, "-")
    assert report["added"] == report["positions"] >= 2


@pytest.mark.parametrize("source", ["-", "/dev/stdin"])
def test_a_feed_is_imported_from_a_pipe(
    source: str, environment: pytest.MonkeyPatch
) -> None:
    """What cannot be read twice is kept in a file first."""
    del environment
    result = subprocess.run(
        (*LETTERBOX, "positions", "import", source),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=feed("A-1", "A-2").encode(),
        capture_output=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert b"2 positions: 2 added" in result.stdout
    assert result.stderr == b""


def test_a_feed_is_imported_from_a_named_pipe_as_of_another_command(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """A shell gives such a name for `<(…)`."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # More than a pipe holds.
    body = feed(*(f"A-{number}" for number in range(1000)))
    writer = threading.Thread(target=pipe.write_text, args=(body,))
    writer.start()

    result = letterbox("positions", "import", str(pipe))
    writer.join()

    assert result.exit_code == 0, result.output
    assert "1000 positions: 1000 added" in result.stdout


def test_an_empty_standard_input_removes_nothing(
    environment: pytest.MonkeyPatch,
) -> None:
    """The command before the pipe has failed: nothing is in it."""
    del environment
    runner = CliRunner()
    runner.invoke(app, ["positions", "import", "-"], input=feed("A-1"))

    result = runner.invoke(app, ["positions", "import", "-"], input="")

    assert result.exit_code == 1
    assert isinstance(result.exception, MalformedError)
    [kept] = load_every(open_store(load_settings()))
    assert kept.status is PositionStatus.OPEN


def test_a_stream_without_end_is_refused_and_not_kept() -> None:
    """It would fill the disk."""
    limits = DownloadLimits(most=3 * 1024 * 1024)

    with pytest.raises(FeedUnavailableError, match="longer than 3 MiB"):
        copied_stream(io.BytesIO(b"x" * limits.most + b"x"), lambda *_: None, limits)
    with copied_stream(io.BytesIO(b"x" * limits.most), lambda *_: None, limits) as file:
        assert len(file.read()) == limits.most


def test_a_stream_that_breaks_off_is_told_in_a_line() -> None:
    """Whatever the system says of it."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            del size
            raise OSError(5, "Input/output error")

    with pytest.raises(FeedUnavailableError, match="Input/output error"):
        copied_stream(Broken(), lambda *_: None)


def test_elements_that_no_field_is_made_of_are_named(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """With the number of jobs that have them; it is no fault."""
    file = tmp_path / "feed.xml"
    file.write_text(feed("A-1", "A-2"))

    told = letterbox("positions", "import", str(file))
    counted = letterbox("positions", "import", str(file), "--json")

    assert told.exit_code == counted.exit_code == 0
    assert "not used: company (2), country (2)" in told.stdout
    assert json.loads(counted.stdout)["unused"] == {"company": 2, "country": 2}


def test_the_page_says_what_the_elements_of_a_feed_become() -> None:
    """Its table has every element that is read, and no other."""
    table = PAGE.partition("| element of `<job>` | field |")[2].partition("\n\n")[0]
    elements = [
        element
        for row in table.strip().splitlines()[1:]
        for element in re.findall(r"`([a-z_]+)`", row.split("|")[1])
    ]

    assert set(elements) == FIELDS
    assert elements[: len(REFERENCES)] == list(REFERENCES)


def test_the_first_list_of_ones_own_replaces_the_samples_of_up(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """Nobody has to force it: there are few of them."""
    store = open_store(load_settings())
    store.prepare()
    import_sample_positions(store)
    samples = {one.reference for one in load_every(store)}
    file = tmp_path / "feed.xml"
    file.write_text(feed("A-1", "A-2"))

    result = letterbox("positions", "import", str(file))

    by_status = {one.reference: one.status for one in load_every(store)}
    assert result.exit_code == 0, result.output
    assert {by_status[one] for one in samples} == {PositionStatus.REMOVED}
    assert by_status["A-1"] is by_status["A-2"] is PositionStatus.OPEN


def test_removals_that_wait_are_told_with_both_ways_out(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """`--force` carries them out; `--partial` says that the list is not the whole."""
    file = tmp_path / "feed.xml"
    file.write_text(feed(*(f"A-{number}" for number in range(20))))
    letterbox("positions", "import", str(file))
    file.write_text(feed("A-1"))

    result = letterbox("positions", "import", str(file))

    assert result.exit_code == 1
    assert "--force" in result.stdout
    assert "--partial" in result.stdout


def test_an_entry_without_a_reference_is_told_in_plain_words(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """With what it has, so that it can be found."""
    file = tmp_path / "list.json"
    file.write_text('[{"reference": "A-1", "titel": "x"}, {"ref": "A-2"}]')

    result = letterbox("positions", "import", str(file))

    assert "entry 2: reference is missing (it has: ref)" in result.stdout
    assert "titel is not a field of a position" in result.stdout
