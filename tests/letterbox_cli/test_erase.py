"""``letterbox erase``: whom it finds, and that the address stays secret."""

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
from letterbox.domain.errors import NotFoundError
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import Settings, load_settings
from letterbox_cli.main import app
from letterbox_cli.options import author
from tests.factories import careerjet
from tests.record_factory import record
from tests.support import LETTERBOX, ROOT

ADDRESS = "ada@example.com"
WITH_REASON = ("--reason", "request 17", "--yes", "--json")


@pytest.fixture
def settings(environment: pytest.MonkeyPatch) -> Settings:
    """Set up a store and a key of digests."""
    environment.setenv("LETTERBOX_DIGEST_KEY", "a key for tests")
    settings = load_settings()
    open_store(settings).prepare()
    return settings


@pytest.fixture
def records(settings: Settings) -> Records:
    """Open the store as the commands do."""
    return open_records(settings, open_store(settings))


def erase(*words: str, given: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, ["erase", *words, *WITH_REASON], input=given)


def tried(result: Result) -> set[str]:
    """Return the ids that were found: no Temporal runs to erase them."""
    return {row["id"] for row in json.loads(result.stdout)["items"]}


@pytest.mark.parametrize("typed", [f"{ADDRESS}\n", f"<{ADDRESS.upper()}>", ADDRESS])
def test_erase_reads_the_address_from_standard_input(
    typed: str, records: Records
) -> None:
    """Arguments are seen by everybody on the machine, and kept by shells."""
    records.applications.update(records.candidates.mark(record("careerjet:1")))

    assert tried(erase("--candidate", "-", given=typed)) == {"careerjet:1"}
    assert tried(erase("--candidate", typed)) == {"careerjet:1"}


def test_erase_with_an_empty_address_is_wrong_usage(settings: Settings) -> None:
    """An empty address names nobody."""
    del settings
    assert erase("--candidate", "-", given="\n").exit_code == 2
    assert erase("--candidate", "-", given="").exit_code == 2


def test_erase_asks_for_the_address_without_an_echo_on_a_terminal(
    records: Records, tmp_path: Path
) -> None:
    """A person who looks at the screen does not see it."""
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

    assert {row["id"] for row in json.loads(printed)["items"]} == {"careerjet:1"}
    assert ADDRESS.encode() not in shown + printed


def test_erase_finds_every_application_of_a_person(records: Records) -> None:
    """They lie in the inbox, recorded, archived, in quarantine, and in other views."""
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


def test_what_has_lost_its_marker_is_not_found_and_it_is_said_who_finds_it(
    records: Records,
) -> None:
    """A request to be erased is not answered with "we have nothing" by mistake."""
    marked = records.candidates.mark(record("careerjet:1"))
    records.applications.update(marked)
    store = open_store(load_settings())
    for one in list(store.list("candidates/")):
        store.delete(one.key)

    result = erase("--candidate", "-", given=ADDRESS)

    assert isinstance(result.exception, NotFoundError)
    assert "letterbox audit" in str(result.exception)
    assert ADDRESS not in str(result.exception)


def test_erase_reports_an_unreadable_inbox_record(records: Records) -> None:
    """It may be the person's: the exit code says that not all is done."""
    store = open_store(load_settings())
    store.put(keys.inbox_record("careerjet:0", "1"), b"{")

    alone = erase("--candidate", ADDRESS)
    records.applications.update(records.candidates.mark(record("careerjet:1")))
    beside = erase("--candidate", ADDRESS)

    assert alone.exit_code == beside.exit_code == 1
    assert "1 application in the inbox cannot be read" in alone.stderr
    assert "1 application in the inbox cannot be read" in beside.stderr


def test_erase_refuses_a_reason_with_the_address_before_it_begins(
    records: Records,
) -> None:
    """What is not recorded has no name to compare the reason with."""
    waiting, contents = careerjet("waits")
    records.applications.accept(waiting, contents)

    told = CliRunner().invoke(
        app, ["erase", "--yes", "--candidate", ADDRESS, "--reason", f"{ADDRESS} asked"]
    )

    assert "the reason names the candidate" in str(told.exception)


@pytest.mark.parametrize("by", ["", " ", "a\nb", "x" * 101])
@pytest.mark.parametrize(
    "words", [("erase", "careerjet:1"), ("hold", "careerjet:1"), ("assign", "a:1", "R")]
)
def test_an_invalid_author_is_wrong_usage(
    words: tuple[str, ...], by: str, settings: Settings
) -> None:
    """Temporal is not asked then."""
    del settings
    told = CliRunner().invoke(app, [*words, "--reason", "request 17", "--by", by])

    assert told.exit_code == 2


def test_the_author_is_the_user_of_the_machine_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The author is whom the command names, if it names anybody."""
    monkeypatch.setenv("LOGNAME", "jane")

    assert author("erase", None) == "letterbox erase by jane"
    assert author("hold", "Jane Doe, legal") == "Jane Doe, legal"
