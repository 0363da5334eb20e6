"""Commands that change an application, as they are typed where no Temporal is."""

import json
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

from letterbox.domain import keys
from letterbox.domain.application import Hold, Stage, Tombstone
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import Settings, load_settings
from letterbox_cli import erase, hold, updates
from tests.letterbox_cli.conftest import Letterbox
from tests.record_factory import NOON, record

Keep = Callable[[Records, str], None]

ADDRESS = "ada@example.com"


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


@pytest.fixture
def run(settings: Settings) -> Letterbox:
    """Run a command in this process."""
    del settings  # Which the commands read.
    app = typer.Typer()
    updates.add_to(app)
    erase.add_to(app)
    hold.add_to(app)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def put(records: Records, application_id: str) -> None:
    """Put an open application of Ada Example into the store."""
    marked = records.candidates.mark(record(application_id))
    records.applications.update(marked)


def archive(records: Records, application_id: str) -> None:
    """Put an application into the store of which only the archive is left."""
    put(records, application_id)
    found = records.applications.find(application_id)
    assert found
    records.archives.pack(found.model_copy(update={"stage": Stage.ARCHIVED}))
    records.removal.delete_open_copy(application_id)


@pytest.mark.parametrize("keep", [put, archive])
@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("Ada Example has asked", "the reason names the candidate"),
        ("case 17", "no Temporal"),
    ],
)
def test_a_reason_must_not_name_the_candidate_of_an_open_or_archived_application(
    reason: str, message: str, run: Letterbox, records: Records, keep: Keep
) -> None:
    """A name in a reason would stay in Temporal's history, which nobody erases."""
    keep(records, "careerjet:1")

    result = run("hold", "careerjet:1", "--reason", reason)

    assert message in str(result.exception)


@pytest.mark.parametrize(
    "key", [keys.record("careerjet:1"), keys.archive("careerjet:1")]
)
def test_what_is_damaged_can_be_held_and_erased(
    key: str, run: Letterbox, settings: Settings
) -> None:
    """Temporal is asked, though nobody knows whom the reason would name."""
    open_store(settings).put(key, b"{")

    held = run("hold", "careerjet:1", "--reason", "case 17")
    erased = run("erase", "careerjet:1", "--reason", "case 17", "--yes", "--json")

    assert "no Temporal" in str(held.exception)
    assert "no Temporal" in json.loads(erased.stdout)["items"][0]["failed"]


def test_erasing_a_person_goes_on_after_an_application_that_cannot_be_erased(
    run: Letterbox, records: Records
) -> None:
    """All of the person's applications are tried, and each result is shown."""
    records.candidates.mark(record("careerjet:nowhere"))
    for name in ("careerjet:1", "careerjet:2"):
        put(records, name)

    result = run(
        "erase", "--candidate", ADDRESS, "--reason", "case 17", "--yes", "--json"
    )

    assert result.exit_code == 1
    rows = json.loads(result.stdout)["items"]
    assert {row["id"]: row["failed"][:14] for row in rows} == {
        "careerjet:nowhere": "no application",
        "careerjet:1": "no Temporal at",
        "careerjet:2": "no Temporal at",
    }


@pytest.mark.parametrize("is_erased", [True, False])
def test_a_hold_of_an_application_that_is_not_there_any_more_is_released(
    run: Letterbox,
    records: Records,
    settings: Settings,
    is_erased: bool,  # noqa: FBT001 pytest passes parameters by name
) -> None:
    """Without a workflow, which has nothing to look after; a second time is refused."""
    records.holds.place("careerjet:1", Hold(reason="case 1", placed_at=NOON))
    if is_erased:
        body = Tombstone(reason="17", removed_at=NOON).model_dump_json().encode()
        open_store(settings).put(keys.tombstone("careerjet:1"), body)

    result = run("hold", "careerjet:1", "--release", "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"id": "careerjet:1", "released": True}
    assert records.holds.find("careerjet:1") is None
