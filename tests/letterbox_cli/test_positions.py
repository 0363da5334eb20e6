"""``letterbox positions``, as it is typed."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from letterbox.catalogue.refused_references import RefusedReferenceCounter
from letterbox.domain.errors import MalformedError, NotFoundError
from letterbox.domain.positions import Aliases, Position
from letterbox.storage.directory import DirectoryStore
from letterbox_cli.positions import app
from tests.support import ROOT

FEEDS = ROOT / "tests" / "samples" / "feeds"

Letterbox = Callable[..., Result]


@pytest.fixture(name="positions")
def _positions(environment: pytest.MonkeyPatch) -> Letterbox:
    del environment  # Which the commands read.
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


def test_a_list_is_imported_and_shown(positions: Letterbox) -> None:
    """The summary counts, and a position shows what was imported."""
    imported = positions("import", FEEDS / "positions.json")
    shown = positions("show", "dev-17")

    assert imported.exit_code == shown.exit_code == 0
    assert "3 positions: 3 added" in imported.output
    assert "Developer (Wellington)" in shown.output


def test_what_is_shown_as_json_can_be_imported(
    positions: Letterbox, tmp_path: Path
) -> None:
    """Programs read the same form that they write."""
    first = positions("import", FEEDS / "positions.jsonl", "--json")
    shown = positions("show", "OPS-3", "--json")
    file = tmp_path / "again.json"
    file.write_text(shown.stdout)
    again = positions("import", file, "--json")

    assert json.loads(first.stdout)["added"] == 3
    assert json.loads(shown.stdout)["hirer"] == "acme"
    assert json.loads(again.stdout) == {
        "source": "again.json",
        "positions": 1,
        "added": 0,
        "changed": 0,
        "unchanged": 1,
        "removed": 0,
        "repeated": 0,
        "mended": 0,
        "skipped": 0,
        "removals_waiting": 0,
        "cut_off": "",
        "unused": {},
        "faults": [],
        "notes": [],
    }


def test_a_position_is_closed_and_opened(positions: Letterbox) -> None:
    """Closed by hand stays closed through an import."""
    positions("import", FEEDS / "careerjet.xml", "--hirer", "acme")

    closed = positions("close", "4711", "--hirer", "acme")
    positions("import", FEEDS / "careerjet.xml", "--hirer", "acme")
    still = positions("show", "4711", "--json")
    opened = positions("open", "4711")

    assert closed.stdout == "4711 of acme: closed\n"
    assert json.loads(still.stdout)["status"] == "closed"
    assert opened.output == "4711 of acme: open\n"


def test_removals_wait_until_they_are_forced(
    positions: Letterbox, tmp_path: Path
) -> None:
    """The additions land at once; --partial adds to what there is."""
    feed = tmp_path / "feed.xml"
    jobs = "".join(f"<job><id>{number}</id></job>" for number in range(10))
    feed.write_text(f"<jobs>{jobs}</jobs>")
    positions("import", feed)
    feed.write_text("<jobs><job><id>new</id></job></jobs>")

    partial = positions("import", feed, "--partial", "--json")
    waiting = positions("import", feed, "--json")
    told = positions("import", feed)
    forced = positions("import", feed, "--force", "--json")

    assert (partial.exit_code, json.loads(partial.stdout)["added"]) == (0, 1)
    assert (waiting.exit_code, told.exit_code, forced.exit_code) == (1, 1, 0)
    assert json.loads(waiting.stdout)["removals_waiting"] == 10
    assert "10 removals wait" in told.output
    assert "--force" in told.output
    assert json.loads(forced.stdout)["removed"] == 10


def test_what_is_spoilt_is_named_and_ends_with_one(
    positions: Letterbox, tmp_path: Path
) -> None:
    """For a person by words, for a program by position, reference and reason."""
    feed = tmp_path / "feed.xml.gz"
    body = b"<jobs><job><id>a</id></job><job><id>b&c</id></job><job/></jobs>"
    feed.write_bytes(gzip.compress(body))

    told = positions("import", feed)
    again = positions("import", feed, "--json")

    report = json.loads(again.stdout)
    assert told.exit_code == again.exit_code == 1
    assert "1 skipped, 1 mended" in told.output
    assert "\n  skipped: job 3 has none of" in told.output
    assert (report["positions"], report["mended"], report["skipped"]) == (2, 1, 1)
    assert report["faults"][0] == {
        "position": 2,
        "reference": "b&c",
        "reason": "an & that starts no XML entity",
        "skipped": False,
    }


def test_the_references_that_boards_asked_for_in_vain_are_told(
    positions: Letterbox, tmp_path: Path
) -> None:
    """How often, and since when."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    times = iter(datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2, 3))
    refused = RefusedReferenceCounter(store, lambda: next(times))
    for reference in ("X-1", "X-1", "X-2"):
        refused.note("careerjet", reference)
        refused.flush()

    told = positions("refused")
    latest, first = json.loads(positions("refused", "--json").stdout)["items"]

    assert "X-1" in told.output
    assert (latest["reference"], latest["times"]) == ("X-2", 1)
    assert first == {
        "board": "careerjet",
        "reference": "X-1",
        "times": 2,
        "since": "2026-05-01T00:00:00Z",
        "last": "2026-05-02T00:00:00Z",
    }


def test_errors_are_the_programs_to_tell(positions: Letterbox, tmp_path: Path) -> None:
    """What goes wrong reaches the main program, which prints it in one line."""
    (tmp_path / "broken.json").write_text('[{"title": "no reference"}]')

    broken = positions("import", tmp_path / "broken.json")
    unknown = positions("close", "unheard")

    assert isinstance(broken.exception, MalformedError)
    assert isinstance(unknown.exception, NotFoundError)


@pytest.mark.parametrize("command", ["show", "close", "open"])
def test_a_position_that_is_missing_is_named(
    positions: Letterbox, command: str
) -> None:
    """It may be a slip of the pen, and a list shows how it is written."""
    positions("import", FEEDS / "positions.json")

    missing = positions(command, "DEV-71")

    assert isinstance(missing.exception, NotFoundError)
    assert str(missing.exception) == (
        "no position DEV-71 in the catalogue; `letterbox positions list` shows those "
        "that it has"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("import",),
        ("import", "absent.json"),
        ("import", "."),
        ("import", "ftp://jobs.example/feed.xml"),
        ("close",),
        ("shut", "a"),
    ],
)
def test_wrong_usage_of_positions_exits_with_two(
    arguments: tuple[str, ...], positions: Letterbox
) -> None:
    """A program that calls this can tell wrong usage from refusal."""
    assert positions(*arguments).exit_code == 2


def test_a_feed_that_cannot_be_looked_at_is_told_in_a_line(
    positions: Letterbox, tmp_path: Path
) -> None:
    """A path through a file, a loop of links: whatever the system says of it."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    through = positions("import", tmp_path / "file" / "feed.xml")
    loop = positions("import", tmp_path / "loop")

    assert through.exit_code == loop.exit_code == 2
    assert "Not a directory" in " ".join(through.output.replace("│", "").split())
    assert "symbolic links" in " ".join(loop.output.replace("│", "").split())


@pytest.mark.parametrize(
    "command", ["import", "list", "show", "close", "open", "refused"]
)
def test_help_has_an_example(command: str, positions: Letterbox) -> None:
    """Everyone learns from an example."""
    shown = positions(command, "--help")

    assert shown.exit_code == 0
    assert f"letterbox positions {command} " in shown.output


def test_the_example_of_the_page_is_imported(
    positions: Letterbox, tmp_path: Path
) -> None:
    """It has every field that a list may have; the others are by hand alone."""
    [example] = re.findall(
        r"```json\n(.*?)```", (ROOT / "docs/positions.md").read_text(), re.DOTALL
    )
    file = tmp_path / "page.json"
    file.write_text(example)

    imported = positions("import", file)

    assert "2 positions: 2 added" in imported.output
    named = {name for one in json.loads(example) for name in one}
    assert named == Position.model_fields.keys() - {"closed_by_hand", "absent_since"}
    assert json.loads(example)[0]["aliases"].keys() == Aliases.model_fields.keys()


def test_the_catalogue_is_listed(positions: Letterbox, tmp_path: Path) -> None:
    """A line a position, removed ones too; --ndjson is what can be imported again."""
    positions("import", FEEDS / "positions.json")

    told = positions("list")
    listed = positions("list", "--ndjson")
    again = tmp_path / "again.jsonl"
    again.write_text(listed.stdout)
    imported = positions("import", again, "--json")

    lines = [line.split() for line in told.stdout.splitlines()]
    assert lines == [
        ["reference", "hirer", "status", "title"],
        ["DEV-17", "open", "Developer"],
        ["OLD-1", "removed"],
        ["OPS-3", "acme", "closed", "Operator"],
    ]
    assert json.loads(imported.stdout)["unchanged"] == 3


@pytest.mark.parametrize("name", ["README.md", "docs/commands.md", "tests/conftest.py"])
def test_a_text_with_brackets_is_no_feed(positions: Letterbox, name: str) -> None:
    """It is called what a file without any is called."""
    result = positions("import", ROOT / name)

    assert isinstance(result.exception, MalformedError)
    assert str(result.exception) == (
        "neither JSON (a list, or one object a line) nor an XML feed"
    )


def test_a_fault_is_numbered_once_and_says_what_was_meant(
    positions: Letterbox, tmp_path: Path
) -> None:
    """Numbers count one as one; a reference that is a number may have lost zeros."""
    file = tmp_path / "jobs.json"
    file.write_text('{"reference": 17, "titel": "Developer"}')

    lines = positions("import", file).stdout.splitlines()

    assert lines[0].startswith("1 position: 1 added")
    assert (
        "  entry 1: titel is not a field of a position; did you mean title? (17)"
        in lines
    )
    assert any(
        line.startswith("  entry 1: the reference is a number: it was read as text")
        for line in lines
    )


def test_a_dry_run_of_an_import_lists_what_would_go_and_changes_nothing(
    positions: Letterbox, tmp_path: Path
) -> None:
    """Also that it would wait: two of three are more than half."""
    file = tmp_path / "jobs.json"
    positions("import", FEEDS / "positions.json", "--hirer", "acme")
    before = sorted(
        (path, path.read_bytes())
        for path in (tmp_path / "store").rglob("*")
        if path.is_file()
    )
    file.write_text('[{"reference": "NEW-1", "hirer": "acme"}]')

    waits = positions("import", file, "--dry-run")
    forced = positions("import", file, "--dry-run", "--force")

    assert "waits to be removed (DEV-17)" in waits.stdout
    assert "would be removed (DEV-17)" in forced.stdout
    assert (waits.exit_code, forced.exit_code) == (1, 0)
    assert forced.stdout.endswith("nothing was done\n")
    after = sorted(
        (path, path.read_bytes())
        for path in (tmp_path / "store").rglob("*")
        if path.is_file()
    )
    assert after == before


def test_a_position_is_shown_without_signs_of_a_program(positions: Letterbox) -> None:
    """Aliases are listed as they are."""
    positions("import", FEEDS / "positions.json")

    shown = positions("show", "dev-17").stdout

    assert "aliases.other" in shown
    assert not set('{}[]"') & set(shown)
