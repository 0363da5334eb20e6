"""``letterbox operators`` and ``journal``, as they are typed."""

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from letterbox.domain.operators import OperatorRole
from letterbox.operators.callers import Callers
from letterbox.operators.file import read
from letterbox.storage.directory import DirectoryStore
from letterbox_cli.json_schemas import OUTPUTS, schema_of
from letterbox_cli.main import app
from tests.letterbox.archive.packing import invented, keep_open
from tests.letterbox_cli.conftest import Doctor, Letterbox

_ID = "careerjet:1"


@pytest.fixture(name="path")
def _path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "operators.json"
    monkeypatch.setenv("LETTERBOX_OPERATORS", str(path))
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{tmp_path / 'store'}")
    monkeypatch.setenv("LOGNAME", "root")
    monkeypatch.chdir(tmp_path)
    return path


def typed(*words: str) -> Result:
    """Type a command in this process."""
    return CliRunner().invoke(app, words)


def test_an_operator_is_added_rotated_and_revoked(path: Path) -> None:
    """The token is printed once, and opens; what is listed has none."""
    words = ("operators", "add", "jane.doe")
    added = json.loads(typed(*words, "--role", "triage", "--json").stdout)
    again = typed(*words, "--expires", "2031-01-01")
    listed = typed("operators", "list", "--json")
    revoked = typed(
        "operators", "revoke", "jane.doe", "--token", added["token_id"], "--json"
    )
    gone = typed("operators", "revoke", "jane.doe")

    jsonschema.validate(added, schema_of(OUTPUTS["operators-add"]))
    token = again.stdout.splitlines()[1]
    assert token.startswith("lbx_")
    tokens = json.loads(listed.stdout)["items"][0]["tokens"]
    assert [one["expires"] and one["expires"][:4] for one in tokens] == [None, "2031"]
    assert not {"hash", "secret", token, added["token"]} & set(listed.stdout.split('"'))
    assert json.loads(revoked.stdout) == {
        "name": "jane.doe",
        "token": added["token_id"],
        "tokens_left": 1,
    }
    jsonschema.validate(
        json.loads(revoked.stdout), schema_of(OUTPUTS["operators-revoke"])
    )
    assert gone.stdout == "jane.doe is removed\n"
    assert read(path).operators == ()


def test_a_token_says_when_it_expires_and_is_not_made_too_late(path: Path) -> None:
    """One that opens nothing would be found out by whoever got it."""
    late = typed("operators", "add", "joe", "--role", "viewer", "--expires=2020-01-01")
    made = typed("operators", "add", "joe", "--role", "viewer", "--expires=2131-01-01")

    assert late.exit_code == 1
    assert "expired already, on 2020-01-01" in str(late.exception)
    assert "It expires on 2131-01-01 00:00 UTC." in made.stdout.splitlines()
    [joe] = read(path).operators
    assert len(joe.tokens) == 1


def test_a_name_that_is_none_is_told_in_words(path: Path) -> None:
    """And not by a regular expression."""
    said = typed("operators", "add", "Jane Doe", "--role", "viewer")

    assert said.exit_code == 1
    assert str(said.exception) == (
        "name: must be 1 to 32 letters A-Z or a-z, digits, dots, hyphens and "
        "underscores"
    )
    assert not path.exists() or read(path).operators == ()


def test_the_token_that_is_printed_opens(path: Path) -> None:
    """As a process of the API reads it."""
    typed("operators", "add", "ats", "--role", "admin", "--hirer", "a", "--hirer", "b")
    printed = typed("operators", "add", "ats").stdout.splitlines()[1]
    callers = Callers([], path)
    callers.refresh()

    caller = callers.verify(printed.encode())

    assert caller
    assert caller.operator.role is OperatorRole.ADMIN
    assert caller.operator.hirers == frozenset({"a", "b"})


def test_without_the_setting_it_says_which_one_is_missing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what it may be."""
    monkeypatch.delenv("LETTERBOX_OPERATORS")

    result = typed("operators", "list")

    assert result.exit_code == 1
    assert "LETTERBOX_OPERATORS is not set" in str(result.exception)
    assert not path.exists()


def test_what_a_command_shows_is_in_the_journal(path: Path) -> None:
    """As that of the user of the machine; what is not there was not read."""
    store = DirectoryStore(path.parent / "store")
    store.prepare()
    keep_open(store, invented(_ID), {})
    assert typed("show", _ID).exit_code == 0
    typed("show", "careerjet:no-such")

    shown = typed("journal", _ID, "--json")
    [entry] = json.loads(shown.stdout)["items"]
    everything = typed("journal", "--operator", "root", "--ndjson").stdout
    nobody = typed("journal", "--operator", "nobody", "--json").stdout
    later = typed("journal", "--since", "2999-01-01", "--json").stdout

    assert (entry["what"], entry["operator"]) == ("application read", "root")
    assert (entry["by"], entry["application"]) == ("cli: root", _ID)
    assert json.loads(everything) == entry
    assert [json.loads(text)["items"] for text in (nobody, later)] == [[], []]


def test_a_command_that_cannot_write_the_journal_warns_and_goes_on(path: Path) -> None:
    """It may be reading the last copy that there is."""
    store = DirectoryStore(path.parent / "store")
    store.prepare()
    keep_open(store, invented(_ID), {})
    store.put("journal", b"in the way")

    result = typed("show", _ID)

    assert result.exit_code == 0
    assert "ada@example.com" in result.stdout
    assert "warning: this is not in the journal" in result.stderr


def test_the_doctor_says_how_many_may_call_and_what_is_wrong(
    path: Path, letterbox: Letterbox, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be read is wrong; one that all can read is a warning."""
    del letterbox
    monkeypatch.setenv("LETTERBOX_OPERATORS", str(path))
    absent = doctor()["operator API"]
    typed("operators", "add", "jane.doe", "--role", "viewer")
    fine = doctor()["operator API"]
    path.chmod(0o644)
    [_, readable] = doctor()["operator API"]
    path.write_text("{")
    broken = doctor()["operator API"]

    assert absent[0].startswith("wrong: LETTERBOX_OPERATORS: the file cannot be read")
    assert fine == ["ok: open to 1 named operator"]
    assert readable.startswith("warning: LETTERBOX_OPERATORS: anyone on this machine")
    assert broken[0].startswith("wrong: LETTERBOX_OPERATORS: ")
