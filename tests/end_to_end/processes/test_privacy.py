"""Nothing about a candidate in Temporal, logs or answers: all is in the store."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from letterbox.domain import keys
from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.elsewhere import ELSEWHERE
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.kinds import KINDS
from tests.end_to_end.processes.privacy_scenarios import Ordeal
from tests.support import free_port, http

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("privacy")]

PLACES = (
    "histories",
    "descriptions",
    "Temporal's database",
    "log of the API",
    "log of the worker",
    "histories as JSON",
    "details",
    "log of Temporal",
    "metrics of the API",
    "metrics of the worker",
    "answers",
)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is left when all of it has happened: bytes by the place they are in."""

    ordeal: Ordeal
    places: Mapping[str, bytes] = field(repr=False)


@pytest_asyncio.fixture(name="aftermath", scope="module", loop_scope="session")
async def _aftermath(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Aftermath]:
    """Let marked applications go through everything, and collect what it leaves."""
    metrics = f"127.0.0.1:{free_port()}"
    with installation(
        tmp_path_factory.mktemp("privacy"),
        LETTERBOX_WORKER_METRICS=metrics,
        LETTERBOX_MAX_BODY_BYTES="1000000",
        LETTERBOX_INDEED_MAX_BODY_BYTES="1000000",
        LETTERBOX_LINKEDIN_MAX_BODY_BYTES="1000000",
        LETTERBOX_MAIL_MAX_BODY_BYTES="1000000",
        **ELSEWHERE.settings,
    ) as at:
        import_sample_positions(at.store)
        at.start()
        client = await at.connect()
        ordeal = Ordeal(at, client)
        ordeal.go_well()
        ordeal.be_refused()
        ordeal.be_malformed()
        ordeal.be_odd()
        await ordeal.lose_the_store()
        await ordeal.be_damaged()
        places = {
            "answers": b"\n".join(ordeal.answers),
            "metrics of the API": at.api.get("/metrics").content,
            "metrics of the worker": http().get(f"http://{metrics}/metrics").content,
            **await _asked(client, ordeal),
        }
        at.end()
        yield Aftermath(ordeal, places | _left(at))


async def _asked(client: Client, ordeal: Ordeal) -> dict[str, bytes]:
    """Ask Temporal for all that it would show of any workflow."""
    histories, texts, descriptions, details = [], [], [], []
    async for found in client.list_workflows():
        handle = client.get_workflow_handle(found.id, run_id=found.run_id)
        history = await handle.fetch_history()
        histories += [event.SerializeToString() for event in history.events]
        texts.append(history.to_json().encode())
        description = (await handle.describe()).raw_description
        descriptions.append(description.SerializeToString())
    for one in ordeal.accepted:
        if one not in ordeal.failing:
            shown = await client.get_workflow_handle(one.id).query(
                "__temporal_workflow_metadata", result_type=WorkflowMetadata
            )
            details.append(shown.SerializeToString())
    return {
        "histories": b"\n".join(histories),
        "histories as JSON": b"\n".join(texts),
        "descriptions": b"\n".join(descriptions),
        "details": b"\n".join(details),
    }


def _left(at: Installation) -> dict[str, bytes]:
    """Read what the processes have left on the disk, now that they have ended."""
    database = sorted(at.folder.glob("temporal.db*"))
    return {
        "Temporal's database": b"\n".join(path.read_bytes() for path in database),
        "log of the API": at.api.log.read_bytes(),
        "log of the worker": at.worker.log.read_bytes(),
        "log of Temporal": at.temporal.log.read_bytes(),
    }


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_a_candidate_is_in_temporal_logs_or_metrics(
    place: str, aftermath: Aftermath
) -> None:
    """Neither as it was said, nor encoded, nor as a digest."""
    assert aftermath.ordeal.marks.found_in(aftermath.places[place]) == []


def test_the_search_for_personal_data_has_looked_at_every_place(
    aftermath: Aftermath,
) -> None:
    """The ids are where they may be: had there been more, it would have been seen."""
    one = aftermath.ordeal.failing[0].id.encode()

    for place in PLACES[:6]:
        assert one in aftermath.places[place], place
    assert b"letterbox_answers_total" in aftermath.places["metrics of the API"]
    assert b"temporal_" in aftermath.places["metrics of the worker"]
    assert len(aftermath.ordeal.answers) > 30
    assert set(PLACES) == set(aftermath.places)


def test_every_failure_that_the_privacy_tests_provoke_did_happen(
    aftermath: Aftermath,
) -> None:
    """The worker has met each kind, and told Temporal of it in its own words."""
    logged = aftermath.places["log of the worker"]
    applications, spoilt = aftermath.ordeal.at.applications, aftermath.ordeal.spoilt

    found = [applications.find(one.id) for one in spoilt]

    for error in (b"StoreUnavailableError", b"ValidationError", b"KeyError"):
        assert error in logged
    for words in (b"unexpected error", b"StoreUnavailableError"):
        assert words in aftermath.places["histories"]
    problems = [record.attachments[0].problem for record in found if record]
    assert problems == ["missing", "damaged"] * (len(problems) // 2)
    assert len(problems) == 2 * sum(kind.brings_documents for kind in KINDS)


def test_the_search_finds_personal_data_in_the_store(aftermath: Aftermath) -> None:
    """There the marks are found: the search finds what there is."""
    at, marks = aftermath.ordeal.at, aftermath.ordeal.marks
    for kind in KINDS:
        first = next(one for one in aftermath.ordeal.accepted if type(one) is kind)
        kept = {
            stored.key: at.store.get(stored.key)
            for stored in at.store.list(keys.application(first.id))
        }

        everything = b"\n".join(kept.values())
        for name, text in first.fields().items():
            assert name in first.says_not or text.encode() in everything, name
        assert first.filename.encode() in everything
        assert {marks.word, marks.number} <= set(marks.found_in(everything))
        apart = [name for name, body in kept.items() if first.eeo.encode() in body]
        assert apart == [keys.demographics(first.id, 1)] * kind.keeps_apart
