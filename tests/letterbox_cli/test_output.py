"""How lines are broken, when they are coloured, and how errors look to programs."""

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

import letterbox_cli
from letterbox.resources import open_store
from letterbox.settings import load_settings
from letterbox_cli import output
from letterbox_cli.json_schemas import OUTPUTS, schema_of
from letterbox_cli.main import run
from tests.letterbox_cli.test_golden import SCHEMAS

ID = "careerjet:12345678-aaaa-bbbb-cccc-123456789abc"


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Read the lines that were printed."""
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_line_is_broken_between_words_and_an_id_is_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes on below is indented; an id that is wider than all stays whole."""
    monkeypatch.setenv("COLUMNS", "20")

    output.print_line(f"words that do not fit {ID} and more", hanging=4)

    assert printed(capsys) == [
        "words that do not",
        "    fit",
        f"    {ID}",
        "    and more",
    ]


def test_in_a_pipe_no_line_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other programs read lines."""
    monkeypatch.delenv("COLUMNS", raising=False)

    output.print_line("word " * 100)

    assert len(printed(capsys)) == 1


def test_wide_characters_count_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Japanese title takes twice the columns of its characters."""
    monkeypatch.setenv("COLUMNS", "10")

    output.print_line("開発者 開発者 開発者")

    assert printed(capsys) == ["開発者", "開発者", "開発者"]


def test_a_table_breaks_its_last_column_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below the line where the column would be narrow; control characters are none."""
    monkeypatch.setenv("COLUMNS", "50")

    output.print_rows(("id", "title"), [("1", "a title " * 8)])
    output.print_rows(("id", "title"), [(ID, "a\x1b[2Jtitle\nof two lines")])

    assert printed(capsys) == [
        "id  title",
        "1   a title a title a title a title a title a",
        "    title a title a title",
        "id",
        "    title",
        ID,
        "    a [2Jtitle of two lines",
    ]


@pytest.mark.parametrize(("variable", "is_coloured"), [("", True), ("1", False)])
def test_colours_end_with_no_color(
    variable: str,
    is_coloured: bool,  # noqa: FBT001 pytest passes parameters by name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stage is coloured on a terminal; the variable counts where it is not empty."""
    monkeypatch.setenv("NO_COLOR", variable)
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = io.StringIO()

    Console(file=terminal, force_terminal=True).print(output.styled("triage"))

    assert ("\x1b[33m" in terminal.getvalue()) == is_coloured


def test_a_pipe_has_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever reads it wants words."""
    output.print_line(output.styled("WRONG"))

    assert printed(capsys) == ["WRONG"]


@pytest.mark.parametrize(
    ("words", "code", "status", "detail"),
    [
        (("show", "careerjet:1"), 1, 503, "there is no store at"),
        (("list", "--limit", "0"), 2, 422, "Invalid value for '--limit': must be at"),
        (("list", "--limt", "1"), 2, 422, "No such option: --limt"),
        (("shwo",), 2, 422, "No such command 'shwo'"),
        (("list",), 1, 503, "no Temporal at 127.0.0.1:"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_with_json_an_error_is_a_problem_on_standard_error(
    words: tuple[str, ...],
    code: int,
    status: int,
    detail: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Wrong usage as well; standard output stays empty."""
    assert run([*words, "--json"]) == code

    told = capsys.readouterr()
    problem = json.loads(told.err)
    assert told.out == ""
    assert problem["status"] == status
    assert problem["detail"].startswith(detail)


def test_one_long_name_does_not_make_every_line_of_a_pipe_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is whole, and the others stay in their columns."""
    monkeypatch.delenv("COLUMNS", raising=False)

    output.print_rows(("id", "what"), [("x" * 225, "long"), ("y", "short")])

    assert printed(capsys) == [
        "id" + " " * 64 + "what",
        "x" * 225 + "  long",
        "y" + " " * 65 + "short",
    ]


def test_a_table_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """To people; a pipe has no line to count."""
    output.print_rows(("id", "what"), [])

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "none found\n")


def test_every_published_schema_is_a_commands() -> None:
    """One that is left behind would be believed."""
    assert {path.stem for path in SCHEMAS.glob("*.json")} == set(OUTPUTS)
    assert all(schema_of(model)["$schema"] for model in OUTPUTS.values())


def test_there_is_one_declaration_of_each_option_for_json() -> None:
    """And no progress but the one that goes to standard error."""
    sources = {
        path.name: path.read_text()
        for path in Path(letterbox_cli.__file__).parent.rglob("*.py")
    }

    declaring = r"Option\(\s*\"--(nd)?json\""
    assert [name for name, text in sources.items() if re.search(declaring, text)] == [
        "options.py"
    ]
    assert [name for name, text in sources.items() if "rich.progress" in text] == [
        "output.py"
    ]


def test_in_a_pipe_each_field_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one whose name is longer than most: other programs read lines."""
    monkeypatch.delenv("COLUMNS", raising=False)

    output.print_fields([("id", ID), ("a.name.that.is.longer.than.a.column[0]", "v v")])

    assert printed(capsys) == [
        f"{'id':32}{ID}",
        "a.name.that.is.longer.than.a.column[0]  v v",
    ]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    "words",
    [
        ("deliver", "--test"),
        ("deliver", "careerjet:1"),
        ("seek", "status"),
        ("operators", "list"),
    ],
)
def test_a_setting_that_is_missing_has_one_status(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the caller's to mend, and no failure of Letterbox's own."""
    open_store(load_settings()).prepare()

    code = run([*words, "--json"])

    problem = json.loads(capsys.readouterr().err)
    assert (code, problem["status"], problem["title"]) == (1, 409, "Conflict")
    assert "LETTERBOX_" in problem["detail"]
