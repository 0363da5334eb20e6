"""``letterbox erase``: whom it finds, and that nobody looks over the shoulder."""

import json
import os
import pty
import subprocess
from contextlib import suppress
from pathlib import Path
from select import select

import pytest
from typer.testing import CliRunner, Result

from letterbox.domain import keys
from letterbox.domain.application import Stage, View
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import Settings, load_settings
from letterbox_cli.authors import author
from letterbox_cli.main import app
from tests.factories import careerjet
from tests.record_factory import record
from tests.support import LETTERBOX, ROOT

ADDRESS = "ada@example.com"
WITH_REASON = ("--reason", "request 17", "--json")


@pytest.fixture
def settings(environment: pytest.MonkeyPatch) -> Settings:
    """Have a store, and a key of digests."""
    environment.setenv("LETTERBOX_DIGEST_KEY", "a key for tests")
    settings = load_settings()
    open_store(settings).prepare()
    return settings


@pytest.fixture
def records(settings: Settings) -> Records:
    """Give the store as the commands see it."""
    return open_records(settings, open_store(settings))


def erase(*words: str, given: str | None = None) -> Result:
    """Type the command."""
    return CliRunner().invoke(app, ["erase", *words, *WITH_REASON], input=given)


def tried(result: Result) -> set[str]:
    """Tell which were found: no Temporal is there to erase them."""
    return {row["id"] for row in json.loads(result.stdout)}


@pytest.mark.parametrize("typed", [f"{ADDRESS}\n", f"<{ADDRESS.upper()}>", ADDRESS])
def test_the_address_is_read_from_standard_input(typed: str, records: Records) -> None:
    """Arguments are seen by everybody on the machine, and kept by shells."""
    records.applications.update(records.candidates.mark(record("careerjet:1")))

    assert tried(erase("--candidate", "-", given=typed)) == {"careerjet:1"}
    assert tried(erase("--candidate", typed)) == {"careerjet:1"}


def test_no_address_is_wrong_usage(settings: Settings) -> None:
    """Nothing was typed, so nobody is meant."""
    del settings
    assert erase("--candidate", "-", given="\n").exit_code == 2
    assert erase("--candidate", "-", given="").exit_code == 2


def test_on_a_terminal_the_address_is_asked_for_without_an_echo(
    records: Records, tmp_path: Path
) -> None:
    """Who looks at the screen does not see it."""
    records.applications.update(records.candidates.mark(record("careerjet:1")))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        (*LETTERBOX, "erase", "--candidate", "-", *WITH_REASON),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as running:
        os.close(theirs)
        shown = b""
        while b"Address" not in shown:
            assert select([ours], [], [], 30)[0]
            shown += os.read(ours, 1000)
        os.write(ours, f"{ADDRESS}\n".encode())
        printed, _ = running.communicate(timeout=30)
    with suppress(OSError):  # The other side is closed.
        while select([ours], [], [], 1)[0] and (more := os.read(ours, 1000)):
            shown += more
    os.close(ours)

    assert {row["id"] for row in json.loads(printed)} == {"careerjet:1"}
    assert ADDRESS.encode() not in shown + printed


def test_all_of_a_person_is_found_wherever_it_is(records: Records) -> None:
    """In the inbox, recorded, archived, in quarantine, and in views that differ."""
    waiting, contents = careerjet("waits", email=f"Ada <{ADDRESS}>")
    records.applications.accept(waiting, contents)
    other, contents = careerjet("other", email="bob@example.com")
    records.applications.accept(other, contents)
    infected = record("careerjet:infected")
    conflict = record("careerjet:conflict").model_copy(
        update={"candidate": record("x:y").candidate.model_copy(update={"emails": ()})}
    )
    view = View(number=2, fingerprint="x", received_at=conflict.received_at)
    conflict = conflict.model_copy(update={"views": (*conflict.views, view)})
    archived = record("seek:archived")
    for one in (infected, archived):
        records.applications.update(records.candidates.mark(one))
    records.applications.update(records.candidates.mark(conflict, [f"{ADDRESS}."]))
    store = open_store(load_settings())
    store.put(keys.quarantined(infected.id, "0" * 64 + ".pdf"), b"%PDF-")
    records.archives.pack(archived.model_copy(update={"stage": Stage.ARCHIVED}))
    records.removal.delete_open_copy(archived.id)

    assert tried(erase("--candidate", "-", given=f"\ufeff{ADDRESS}")) == {
        "careerjet:waits",
        "careerjet:infected",
        "careerjet:conflict",
        "seek:archived",
    }


def test_an_inbox_record_that_cannot_be_read_is_told(records: Records) -> None:
    """It may be the person's: the exit code says that not all is done."""
    store = open_store(load_settings())
    store.put(keys.inbox_record("careerjet:0", "1"), b"{")

    alone = erase("--candidate", ADDRESS)
    records.applications.update(records.candidates.mark(record("careerjet:1")))
    beside = erase("--candidate", ADDRESS)

    assert alone.exit_code == beside.exit_code == 1
    assert "1 application(s) in the inbox cannot be read" in alone.stderr
    assert "1 application(s) in the inbox cannot be read" in beside.stderr


def test_a_reason_with_the_address_is_refused_before_anything_is_done(
    records: Records,
) -> None:
    """Of what is not recorded there is no name to compare it with."""
    waiting, contents = careerjet("waits")
    records.applications.accept(waiting, contents)

    told = CliRunner().invoke(
        app, ["erase", "--candidate", ADDRESS, "--reason", f"{ADDRESS} asked"]
    )

    assert "the reason names the candidate" in str(told.exception)


@pytest.mark.parametrize("by", ["", " ", "a\nb", "x" * 101])
@pytest.mark.parametrize(
    "words", [("erase", "careerjet:1"), ("hold", "careerjet:1"), ("assign", "a:1", "R")]
)
def test_who_does_it_has_a_name(
    words: tuple[str, ...], by: str, settings: Settings
) -> None:
    """Wrong usage otherwise, and nothing is asked of anybody."""
    del settings
    told = CliRunner().invoke(app, [*words, "--reason", "request 17", "--by", by])

    assert told.exit_code == 2


def test_who_does_it_is_the_user_of_the_machine_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or whom the command names."""
    monkeypatch.setenv("LOGNAME", "jane")

    assert author("erase", None) == "letterbox erase by jane"
    assert author("hold", "Jane Doe, legal") == "Jane Doe, legal"
