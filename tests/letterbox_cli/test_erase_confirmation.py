"""``letterbox erase`` shows what it would remove, and asks before it does."""

import json
import os
import pty
import subprocess
from contextlib import suppress
from pathlib import Path
from select import select

import pytest
from typer.testing import CliRunner

from letterbox.domain import keys
from letterbox.domain.application import Hold, Stage
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import load_settings
from letterbox_cli.main import app
from tests.factories import careerjet
from tests.letterbox_cli.conftest import Letterbox
from tests.record_factory import NOON, record
from tests.support import LETTERBOX, ROOT

ADDRESS = "ada@example.com"


@pytest.fixture
def records(environment: pytest.MonkeyPatch) -> Records:
    """Open a store that can find a person, as the commands do."""
    environment.setenv("LETTERBOX_DIGEST_KEY", "a key for tests")
    settings = load_settings()
    open_store(settings).prepare()
    return open_records(settings, open_store(settings))


def everything() -> dict[str, bytes]:
    """Return every object of the store, but who saw and did what."""
    store = open_store(load_settings())
    return {
        one.key: store.get(one.key)
        for one in store.list("")
        if not one.key.startswith(keys.JOURNAL)
    }


def typed(answer: str, *words: str) -> tuple[int, str, str]:
    """Type a command on a terminal, and answer it; return its code and outputs."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        (*LETTERBOX, *words),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as running:
        os.close(theirs)
        shown = b""
        try:
            while b"[y/N]" not in shown:
                assert select([ours], [], [], 60)[0], shown
                shown += os.read(ours, 1000)
            os.write(ours, f"{answer}\n".encode())
            printed, _ = running.communicate(timeout=60)
        finally:
            running.kill()
    with suppress(OSError):  # The other side is closed.
        while select([ours], [], [], 1)[0] and (more := os.read(ours, 1000)):
            shown += more
    os.close(ours)
    return running.returncode, printed.decode(), shown.decode()


def test_a_dry_run_of_an_erasure_lists_what_would_go_and_changes_nothing(
    records: Records, letterbox: Letterbox
) -> None:
    """Open, archived, held, waiting in the inbox or damaged: each as it stands."""
    waiting, contents = careerjet("waits", email=ADDRESS)
    records.applications.accept(waiting, contents)
    for name in ("careerjet:open", "careerjet:held", "seek:archived", "seek:bad"):
        records.applications.update(records.candidates.mark(record(name)))
    records.holds.place("careerjet:held", Hold(reason="case 1", placed_at=NOON))
    records.archives.pack(
        record("seek:archived").model_copy(update={"stage": Stage.ARCHIVED})
    )
    records.removal.delete_open_copy("seek:archived")
    store = open_store(load_settings())
    store.put(keys.record("seek:bad"), b"{")
    before = everything()

    result = letterbox("erase", "--candidate", ADDRESS, "--dry-run", "--json")
    text = letterbox("erase", "--candidate", ADDRESS, "--dry-run")

    assert (result.exit_code, text.exit_code) == (0, 0), result.output + text.output
    items = {one["id"]: one for one in json.loads(result.stdout)["items"]}
    assert {id_: (one["stage"], one["held"]) for id_, one in items.items()} == {
        "careerjet:waits": ("received", False),
        "careerjet:open": ("matched", False),
        "careerjet:held": ("matched", True),
        "seek:archived": ("archived", False),
        "seek:bad": ("unreadable", False),
    }
    assert items["careerjet:waits"]["documents"] == len(waiting.documents) > 0
    assert items["seek:archived"]["archives"] == 1
    assert "would be erased: 4 applications, " in text.stdout
    assert "(1 is held)\nnothing was done" in text.stdout
    assert text.stdout.count("HELD: will not be erased") == 1
    assert max(map(len, text.stdout.splitlines())) <= 80
    assert ADDRESS not in text.output + result.output
    assert everything() == before


def test_a_dry_run_of_what_is_all_held_is_no_success(
    records: Records, letterbox: Letterbox
) -> None:
    """Its exit code is the erasure's own."""
    records.applications.update(record("careerjet:held"))
    records.holds.place("careerjet:held", Hold(reason="case 1", placed_at=NOON))

    result = letterbox("erase", "careerjet:held", "--dry-run")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-2].startswith(
        "would be erased: 0 applications, 0 documents, 0 archives (1 is held)"
    )


def test_an_erasure_without_a_terminal_needs_yes_and_touches_nothing_else(
    records: Records,
) -> None:
    """A script says `--yes`; the address is not even read before that is settled."""
    records.applications.update(records.candidates.mark(record("careerjet:1")))
    before = everything()

    result = CliRunner().invoke(
        app, ["erase", "careerjet:1", "--reason", "request 17"], input="y\n"
    )

    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert "--dry-run" in result.stderr
    assert everything() == before


def test_a_person_is_shown_what_would_go_and_can_say_no(records: Records) -> None:
    """No is the default; the list and the question are on standard error."""
    records.applications.update(records.candidates.mark(record("careerjet:1")))
    before = everything()

    code, printed, shown = typed("", "erase", "careerjet:1", "--reason", "request 17")

    assert code == 1
    assert printed == ""
    assert "careerjet:1" in shown
    assert "Erase 1 application, " in shown
    assert "nothing was done" in shown
    assert everything() == before


def test_a_person_who_says_yes_has_it_done(records: Records) -> None:
    """Temporal, which is not there, is what it comes to then."""
    records.applications.update(records.candidates.mark(record("careerjet:1")))

    code, printed, shown = typed(
        "y", "erase", "careerjet:1", "--reason", "request 17", "--json"
    )

    assert code == 1
    assert "no Temporal" in json.loads(printed)["items"][0]["failed"]
    assert "nothing was done" not in shown


def test_an_erasure_of_what_is_not_known_is_told_before_any_question(
    records: Records, letterbox: Letterbox
) -> None:
    """A misspelt id is seen by the dry run."""
    del records
    result = letterbox("erase", "careerjet:nowhere", "--dry-run")

    assert "no application careerjet:nowhere" in str(result.exception)


def test_progress_of_an_erasure_never_reaches_standard_output(
    records: Records, letterbox: Letterbox
) -> None:
    """A script reads the lines: one for each application, and nothing besides."""
    for name in ("careerjet:1", "careerjet:2"):
        records.applications.update(records.candidates.mark(record(name)))

    result = letterbox(
        "erase", "--candidate", ADDRESS, "--reason", "request 17", "--yes"
    )

    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
        "careerjet:1",
        "careerjet:2",
    ]


def test_the_help_says_that_a_reason_is_required(letterbox: Letterbox) -> None:
    """It is kept for as long as the tombstone."""
    words = " ".join(letterbox("erase", "--help").stdout.replace("│", " ").split())

    assert "Required, except with --dry-run" in words


def test_a_list_of_erasures_is_not_applied_unasked(
    records: Records, letterbox: Letterbox, tmp_path: Path
) -> None:
    """It may name what was taken over anew since; `--dry-run` tells beforehand."""
    records.applications.update(record("careerjet:1"))
    line = {"id": "careerjet:1", "removed_at": NOON.isoformat(), "reason": "17"}
    source = tmp_path / "erasures.jsonl"
    source.write_text(json.dumps(line) + "\n")
    before = everything()

    refused = letterbox("erasures", "apply", str(source))
    look = letterbox("erasures", "apply", str(source), "--dry-run")

    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert look.exit_code == 0, look.output
    assert everything() == before
