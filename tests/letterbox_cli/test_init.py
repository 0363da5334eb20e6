"""``letterbox init``: makes what is missing, and says so line by line."""

import asyncio
import json
import os
from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from letterbox.domain.errors import SettingsError
from letterbox.settings import Settings
from letterbox.temporal import schedules
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.client import connect
from letterbox_cli.missing_store import count_known
from tests.letterbox_cli.conftest import Letterbox
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("bare-temporal")


@pytest.fixture(autouse=True)
def _wide(environment: pytest.MonkeyPatch) -> None:
    """Have each step on a line of its own."""
    environment.setenv("COLUMNS", "1000")


@pytest.fixture(name="namespace")
def _namespace(environment: pytest.MonkeyPatch, bare_temporal: str) -> str:
    """Name a namespace that was just made."""
    name = f"new-{uuid4()}"

    async def register() -> None:
        client = await Client.connect(bare_temporal)
        day = Duration(seconds=86400)
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(
                namespace=name, workflow_execution_retention_period=day
            )
        )

    asyncio.run(register())
    environment.setenv("TEMPORAL_ADDRESS", bare_temporal)
    environment.setenv("TEMPORAL_NAMESPACE", name)
    return name


def schedule_of(kind: str) -> str:
    """Name the schedule that `init` makes for the task queue of the test."""
    return schedules.schedule_id(Settings().task_queue, kind)


def test_init_makes_everything_and_can_be_repeated(
    letterbox: Letterbox, namespace: str, tmp_path: Path
) -> None:
    """The second time everything is there, and nothing is lost."""
    store, every = f"file:{tmp_path / 'store'}", [key.name for key in attributes.ALL]

    first, second = letterbox("init"), letterbox("init")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.splitlines() == [
        f"ok      store: {store} can be written and read",
        f"ok      attributes: namespace {namespace}: created {', '.join(every)}",
        f"ok      schedule: {schedule_of('inbox-sweep')}, as the settings say",
        f"ok      schedule: {schedule_of('archive-watch')}, as the settings say",
        f"ok      schedule: {schedule_of('audit')}, as the settings say",
    ]
    assert f"ok      attributes: namespace {namespace}: all exist\n" in second.stdout
    assert (tmp_path / "store" / ".tmp").is_dir()


@pytest.mark.usefixtures("namespace")
def test_a_schedule_that_is_not_asked_for_goes_only_with_prune(
    environment: pytest.MonkeyPatch, letterbox: Letterbox
) -> None:
    """Whoever runs `init` with fewer settings stops nothing, and is told so."""
    environment.setenv("LETTERBOX_SEEK_CLIENT_ID", "partner")
    letterbox("init")
    environment.delenv("LETTERBOX_SEEK_CLIENT_ID")

    told, pruned, again = (
        letterbox("init"),
        letterbox("init", "--prune"),
        letterbox("init"),
    )

    assert (told.exit_code, pruned.exit_code) == (0, 0)
    assert f"{schedule_of('seek-reconcile')} is no longer needed" in told.stdout
    assert f"{schedule_of('seek-reconcile')} removed" in pruned.stdout
    assert "seek-reconcile" not in again.stdout


@pytest.mark.usefixtures("namespace")
def test_init_sets_the_lifecycle_rules_of_a_bucket(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, s3_endpoint: str
) -> None:
    """The steps are printed as JSON, for programs."""
    environment.setenv("LETTERBOX_STORE", f"s3://letterbox-{uuid4().hex}")
    environment.setenv("LETTERBOX_S3_ENDPOINT", s3_endpoint)
    environment.setenv("LETTERBOX_S3_ACCESS_KEY", "access")
    environment.setenv("LETTERBOX_S3_SECRET_KEY", "secret")
    environment.setenv("LETTERBOX_ARCHIVE_KEEP", "36h")

    made = letterbox("init", "--json")

    steps = json.loads(made.stdout)["items"]
    assert made.exit_code == 0
    assert [step["what"] for step in steps][:3] == ["store", "lifecycle", "attributes"]
    assert all(step["done"] for step in steps)
    assert "keeps archives as long as LETTERBOX_ARCHIVE_KEEP says" in steps[1]["words"]
    assert any(schedule_of("archive-keep") in step["words"] for step in steps)


def test_the_store_alone_is_made_without_temporal(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, s3_endpoint: str
) -> None:
    """An API can accept from then on; nothing else is asked for, and nothing fails."""
    environment.setenv("LETTERBOX_STORE", f"s3://letterbox-{uuid4().hex}")
    environment.setenv("LETTERBOX_S3_ENDPOINT", s3_endpoint)
    environment.setenv("LETTERBOX_S3_ACCESS_KEY", "access")
    environment.setenv("LETTERBOX_S3_SECRET_KEY", "secret")

    made = [letterbox("init", "--store", "--json") for _ in range(2)]

    assert [one.exit_code for one in made] == [0, 0]
    for one in made:
        steps = [step["what"] for step in json.loads(one.stdout)["items"]]
        assert steps == ["store", "lifecycle"]


def test_a_store_that_cannot_be_made_fails_alone_too(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, refusing_s3: str
) -> None:
    """A job that waits for it is told by the exit code."""
    environment.setenv("LETTERBOX_STORE", "s3://bucket")
    environment.setenv("LETTERBOX_S3_ENDPOINT", refusing_s3)

    made = letterbox("init", "--store")

    assert made.exit_code == 1
    assert made.stdout.startswith("FAILED  store: the S3 server at http://127.0.")
    assert "denies access to the bucket bucket: the credentials need to" in made.stdout


@pytest.mark.usefixtures("namespace")
def test_a_right_that_is_missing_is_said_and_the_rest_is_made(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, refusing_s3: str
) -> None:
    """What to ask for, in words, and an exit code of 1."""
    environment.setenv("LETTERBOX_STORE", "s3://bucket")
    environment.setenv("LETTERBOX_S3_ENDPOINT", refusing_s3)

    made = letterbox("init")

    store, lifecycle, *others = made.stdout.splitlines()
    assert made.exit_code == 1
    assert "denies access to the bucket bucket: the credentials need" in store
    assert lifecycle.startswith("note    lifecycle: not set (lifecycle: AccessDenied)")
    assert {line[:6] for line in others} == {"ok    "}
    steps = json.loads(letterbox("init", "--json").stdout)["items"]
    assert [step["note"] for step in steps[:3]] == [False, True, False]

    environment.setenv("LETTERBOX_ARCHIVE_KEEP", "30d")
    assert "FAILED  lifecycle: not set" in letterbox("init").stdout


def test_init_without_temporal_makes_no_store_in_the_place_of_one(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """Nobody can say whether there was one; the store alone is made if asked for."""
    refused = letterbox("init")
    is_made = (tmp_path / "store").exists()
    alone = letterbox("init", "--store")

    assert (refused.exit_code, is_made, alone.exit_code) == (1, False, 0)
    assert refused.stdout.startswith("FAILED  store: file:")
    assert "no Temporal answers" in refused.stdout
    assert "`letterbox init --store` makes the store alone" in refused.stdout


@pytest.mark.usefixtures("namespace")
@pytest.mark.parametrize("kind", ["folder", "volume", "bucket"])
def test_a_store_that_vanished_is_not_made_anew(
    environment: pytest.MonkeyPatch,
    letterbox: Letterbox,
    s3_endpoint: str,
    tmp_path: Path,
    *,
    kind: str,
) -> None:
    """Temporal knows what lay in it; only who says so gets an empty one."""
    if kind == "bucket":
        environment.setenv("LETTERBOX_STORE", f"s3://letterbox-{uuid4().hex}")
        environment.setenv("LETTERBOX_S3_ENDPOINT", s3_endpoint)
        environment.setenv("LETTERBOX_S3_ACCESS_KEY", "access")
        environment.setenv("LETTERBOX_S3_SECRET_KEY", "secret")
    if kind == "volume":
        (tmp_path / "store").mkdir()
    start_applications(2)

    refused = [letterbox("init"), letterbox("init", "--store")]
    checked = letterbox("doctor")
    imported = letterbox("positions", "import", os.devnull)
    made = letterbox("init", "--store", "--new-store")
    again = letterbox("init", "--store")

    assert [one.exit_code for one in refused] == [1, 1]
    for said in (*refused, checked):
        assert "store: Temporal knows 2 open applications, but the store" in said.stdout
        assert "`letterbox init --new-store` makes an empty one" in said.stdout
    assert "Temporal knows 2 open applications" in str(imported.exception)
    assert (made.exit_code, again.exit_code) == (0, 0)


def start_applications(number: int) -> None:
    """Have Temporal know open applications of the test's task queue."""

    async def start() -> None:
        assert await count_known(Settings()) == 0
        client = await connect(Settings())
        for count in range(number):
            await client.start_workflow(
                "Application", id=str(count), task_queue=Settings().task_queue
            )

        async def are_listed() -> bool:
            return await count_known(Settings()) == number

        await eventually(are_listed)

    asyncio.run(start())


def test_init_with_a_store_and_no_temporal_says_what_failed(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """Applications can be accepted then; the rest is made the next time."""
    letterbox("init", "--store")
    made = letterbox("init")

    store, temporal = made.stdout.splitlines()
    assert made.exit_code == 1
    assert store.startswith("ok      store: ")
    assert temporal.startswith("FAILED  temporal: no Temporal at 127.0.0.1:")
    assert (tmp_path / "store").is_dir()


@pytest.mark.usefixtures("namespace")
def test_a_namespace_that_is_not_there_is_not_made(
    environment: pytest.MonkeyPatch, letterbox: Letterbox
) -> None:
    """It is told once, with the command that makes it."""
    environment.setenv("TEMPORAL_NAMESPACE", "nowhere")

    made = letterbox("init")

    _, missing = made.stdout.splitlines()
    assert made.exit_code == 1
    assert missing == (
        "FAILED  temporal: there is no namespace nowhere: create it with `temporal "
        "operator namespace create --namespace nowhere --retention 30d`"
    )


def test_init_with_a_wrong_setting_makes_nothing(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, tmp_path: Path
) -> None:
    """It is the program's to tell, in one line."""
    environment.setenv("LETTERBOX_API_PORT", "none")

    assert isinstance(letterbox("init").exception, SettingsError)
    assert list(tmp_path.iterdir()) == []
