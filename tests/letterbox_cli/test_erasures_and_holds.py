"""``letterbox erasures`` and ``holds``: kept outside, applied after a restore."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from letterbox.domain import keys
from letterbox.domain.application import Hold, Stage, Tombstone
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ids import application_id
from letterbox.domain.ports import ObjectStore
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import Settings, load_settings
from letterbox_cli.main import app
from letterbox_cli.reapply import open_ledgers
from tests.factories import careerjet
from tests.record_factory import NOON, OF_THE_CANDIDATE, record

LONG = application_id("careerjet", "é" * 90)
NOW = datetime.now(UTC)


@pytest.fixture
def settings(environment: pytest.MonkeyPatch) -> Settings:
    """Set up a store and a key of digests."""
    environment.setenv("LETTERBOX_DIGEST_KEY", "a key for tests")
    settings = load_settings()
    open_store(settings).prepare()
    return settings


@pytest.fixture
def store(settings: Settings) -> ObjectStore:
    """Open the store."""
    return open_store(settings)


@pytest.fixture
def records(settings: Settings, store: ObjectStore) -> Records:
    """Open the store as the commands do."""
    return open_records(settings, store)


def letterbox(*words: str, given: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, words, input=given)


def rows(result: Result) -> dict[str, str]:
    """Return the result for each line."""
    return {
        row["id"]: row.get("outcome") or row.get("refused") or row["failed"]
        for row in json.loads(result.stdout)["items"]
    }


def put(records: Records, name: str) -> None:
    """Put an open application of Ada Example into the store."""
    records.applications.update(records.candidates.mark(record(name)))


def bury(records: Records, name: str) -> None:
    """Erase an application as a workflow does."""
    tombstone = Tombstone(reason="request 17", by="jane", removed_at=NOON)
    records.removal.erase(name, tombstone)


def test_what_was_erased_is_erased_again_after_a_restore(
    records: Records, store: ObjectStore, tmp_path: Path
) -> None:
    """It keeps its own tombstone; what the restored store lacks is not brought back."""
    names = ["careerjet:1", "seek:2", "careerjet:gone", LONG]
    for name in names[:2]:
        put(records, name)
    for name in names:
        bury(records, name)
    before = {name: store.get(keys.tombstone(name)) for name in names}
    file = tmp_path / "erasures.jsonl"
    exported = letterbox("erasures", "export", str(file))
    for found in list(store.list("")):
        store.delete(found.key)
    put(records, "careerjet:1")
    put(records, "careerjet:stays")
    waiting, contents = careerjet("2")
    records.applications.accept(
        waiting.model_copy(update={"application_id": "seek:2"}), contents
    )

    planned = letterbox("erasures", "apply", str(file), "--dry-run", "--json")
    untouched = [found.key for found in store.list(keys.ERASED)]
    applied = letterbox("erasures", "apply", str(file), "--yes", "--json")
    again = letterbox("erasures", "apply", str(file), "--yes", "--json")

    assert exported.exit_code == applied.exit_code == again.exit_code == 0
    assert untouched == []
    assert rows(planned) == rows(applied)
    assert rows(applied) == {
        "careerjet:1": "erased",
        "seek:2": "erased",
        "careerjet:gone": "noted",
        LONG: "noted",
    }
    assert set(rows(again).values()) == {"already"}
    after = {name: json.loads(store.get(keys.tombstone(name))) for name in names}
    for name in names:
        earlier = json.loads(before[name])
        assert after[name] | {"removed": 0} == earlier | {"removed": 0}
    assert records.applications.find("careerjet:1") is None
    assert list(store.list(keys.inbox("seek:2"))) == []
    assert records.candidates.find("ada@example.com") == ["careerjet:stays"]


def test_exported_lists_have_nothing_of_a_candidate(records: Records) -> None:
    """They are kept elsewhere, and for longer."""
    put(records, "careerjet:1")
    put(records, "careerjet:2")
    records.holds.place("careerjet:2", Hold(reason="case 4711", placed_at=NOON))
    bury(records, "careerjet:1")

    told = letterbox("erasures", "export").stdout + letterbox("holds", "export").stdout

    assert [json.loads(line)["id"] for line in told.splitlines()] == [
        "careerjet:1",
        "careerjet:2",
    ]
    assert not [word for word in OF_THE_CANDIDATE if word in told]


def test_applying_erasures_goes_on_after_a_held_or_malformed_line(
    records: Records,
) -> None:
    """The exit code says that not all was done."""
    for name in ("careerjet:held", "careerjet:2"):
        put(records, name)
    records.holds.place("careerjet:held", Hold(reason="", placed_at=NOON))
    lines = [
        {"id": name, "reason": "17", "removed_at": NOON.isoformat()}
        for name in ("careerjet:held", "careerjet:2")
    ]
    odd = ['{"id": "ada@example.com"', "", '{"id": ""}', "[]", "\ufffd"]
    text = "\n".join([json.dumps(lines[0]), *odd, json.dumps(lines[1])])

    told = letterbox("erasures", "apply", "-", "--yes", "--json", given=text)

    assert told.exit_code == 1
    assert rows(told) == {
        "careerjet:held": "held: release it first, `letterbox hold ID --release`",
        "careerjet:2": "erased",
        "line 2": "not as exported",
        "line 4": "not as exported",
        "line 5": "not as exported",
        "line 6": "not as exported",
    }
    assert records.applications.find("careerjet:held")
    assert "ada@" not in told.output


def test_holds_are_placed_again_unless_the_store_has_a_later_one(
    records: Records,
) -> None:
    """One whose time is up is not placed, and what was erased has none."""
    lines = {
        "careerjet:1": {"reason": "case 1", "by": "jane"},
        "careerjet:later": {"reason": "case 2"},
        "careerjet:over": {"until": NOON.isoformat()},
        "careerjet:erased": {},
        LONG: {"until": (NOW + timedelta(days=1)).isoformat()},
    }
    text = "\n".join(
        json.dumps({"id": name, "placed_at": NOON.isoformat(), **more})
        for name, more in lines.items()
    )
    later = Hold(reason="case 3", placed_at=NOON + timedelta(days=1))
    records.holds.place("careerjet:later", later)
    bury(records, "careerjet:erased")

    planned = letterbox("holds", "apply", "-", "--dry-run", "--json", given=text)
    untouched = records.holds.find("careerjet:1")
    applied = letterbox("holds", "apply", "-", "--json", given=text)
    again = letterbox("holds", "apply", "-", "--json", given=text)

    assert untouched is None
    assert rows(planned) == rows(applied)
    assert rows(applied) == {
        "careerjet:1": "held",
        "careerjet:later": "already",
        "careerjet:over": "ended",
        "careerjet:erased": "erased: nothing to hold",
        LONG: "held",
    }
    assert applied.exit_code == 1
    assert rows(again)["careerjet:1"] == "already"
    placed = records.holds.find("careerjet:1")
    assert placed == Hold(reason="case 1", placed_at=NOON, by="jane")
    assert records.holds.find("careerjet:later") == later


def test_a_workflow_gets_the_hold_of_the_store_and_not_of_the_list(
    records: Records, settings: Settings
) -> None:
    """The list's may be the earlier of the two, and would end the later one."""
    later = Hold(reason="case 3", placed_at=NOW, until=NOW + timedelta(days=9), by="jo")
    records.holds.place("careerjet:1", later)
    ledgers = open_ledgers(settings)

    placed = ledgers.placed("careerjet:1")

    assert placed is not None
    assert placed.hold() == later
    assert ledgers.placed("careerjet:2") is None


def test_a_hold_of_a_long_id_is_exported_by_its_record(
    records: Records, store: ObjectStore
) -> None:
    """The key has a part of the id; without a record it is named by its key."""
    put(records, LONG)
    # As earlier releases wrote it.
    hold = Hold(reason="case 1", placed_at=NOON)
    store.put(keys.hold(LONG), hold.model_dump_json().encode())
    known = letterbox("holds", "export")
    store.delete(keys.record(LONG))
    unknown = letterbox("holds", "export")

    assert json.loads(known.stdout)["id"] == LONG
    assert unknown.exit_code == 1
    assert keys.hold(LONG) in unknown.stderr


@pytest.mark.parametrize("what", ["erasures", "holds"])
def test_an_export_reports_what_is_unreadable_and_writes_the_rest(
    what: str, records: Records, store: ObjectStore
) -> None:
    """A list that lacks one must not pass for whole."""
    if what == "erasures":
        bury(records, "careerjet:2")
        store.put(keys.tombstone("careerjet:1"), b"{")
    else:
        records.holds.place("careerjet:2", Hold(reason="", placed_at=NOON))
        store.put(keys.hold("careerjet:1"), b"{")

    told = letterbox(what, "export", "-")

    assert told.exit_code == 1
    assert json.loads(told.stdout)["id"] == "careerjet:2"
    assert "careerjet:1.json" in told.stderr


@pytest.mark.parametrize("what", ["erasures", "holds"])
def test_a_failed_export_leaves_the_earlier_list_as_it_was(
    what: str, records: Records, tmp_path: Path
) -> None:
    """It is kept for the day on which the store is lost."""
    bury(records, "careerjet:1")
    records.holds.place("careerjet:2", Hold(reason="", placed_at=NOON))
    folder = tmp_path / "lists"
    folder.mkdir()
    before = letterbox(what, "export", str(folder / "list.jsonl"))
    whole = (folder / "list.jsonl").read_text()
    (tmp_path / "store").rename(tmp_path / "not-mounted")

    told = letterbox(what, "export", str(folder / "list.jsonl"))

    assert before.exit_code == 0
    assert isinstance(told.exception, StoreUnavailableError)
    assert (folder / "list.jsonl").read_text() == whole
    assert len(whole.splitlines()) == 1
    assert [one.name for one in folder.iterdir()] == ["list.jsonl"]


@pytest.mark.parametrize(
    "words", [("export", "no/such"), ("apply", "no/such", "--yes")]
)
def test_a_file_that_cannot_be_opened_is_named_in_one_line(
    words: tuple[str, ...], settings: Settings
) -> None:
    """The error names the file and the reason."""
    del settings
    told = letterbox("erasures", *words)

    assert told.exit_code == 1
    assert "no/such: No such file" in str(told.exception)


@pytest.mark.parametrize("name", ["careerjet:gone", LONG])
def test_a_hold_of_what_is_not_there_any_more_is_exported_placed_and_released(
    name: str, records: Records, store: ObjectStore
) -> None:
    """A restored store may have the hold and not yet what it holds."""
    records.holds.place(name, Hold(reason="case 1", placed_at=NOON))

    exported = letterbox("holds", "export")
    released = letterbox("hold", name, "--release")
    left = [one.key for one in store.list("") if not one.key.startswith(keys.JOURNAL)]
    applied = letterbox("holds", "apply", "-", "--json", given=exported.stdout)
    again = letterbox("holds", "export")

    assert (exported.exit_code, released.exit_code, left) == (0, 0, [])
    assert json.loads(exported.stdout)["id"] == name
    assert rows(applied) == {name: "held"}
    assert again.stdout == exported.stdout


def test_what_was_kept_as_long_as_it_was_to_be_is_no_erasure(
    records: Records, store: ObjectStore
) -> None:
    """Nobody has asked for it, and nothing of a restored store must go for it."""
    bury(records, "careerjet:erased")
    over = Tombstone(stage=Stage.ARCHIVED, reason="kept", removed_at=NOON)
    store.put(keys.tombstone("careerjet:over"), over.model_dump_json().encode())

    exported = letterbox("erasures", "export")

    assert exported.exit_code == 0
    assert [json.loads(line)["id"] for line in exported.stdout.splitlines()] == [
        "careerjet:erased"
    ]


def test_an_erasure_is_noted_though_its_keeping_had_ended(
    records: Records, store: ObjectStore
) -> None:
    """And a hold on it is refused: nothing is left that it could keep."""
    over = Tombstone(stage=Stage.ARCHIVED, reason="kept", removed_at=NOON)
    store.put(keys.tombstone("careerjet:1"), over.model_dump_json().encode())
    erasure = {"id": "careerjet:1", "reason": "17", "removed_at": NOON.isoformat()}
    hold = {"id": "careerjet:1", "placed_at": NOON.isoformat()}

    held = letterbox("holds", "apply", "-", "--json", given=json.dumps(hold))
    told = letterbox(
        "erasures", "apply", "-", "--yes", "--json", given=json.dumps(erasure)
    )

    assert (held.exit_code, records.holds.find("careerjet:1")) == (1, None)
    assert rows(told) == {"careerjet:1": "noted"}
    assert records.applications.ended("careerjet:1") is Stage.ERASED
