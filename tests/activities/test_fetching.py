"""An application and its documents, fetched in one step that may be cut short."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.testing import ActivityEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.failures import Failures
from activities.fetching import FetchActivities
from activities.sources import Inbox, Sources, find_view
from letterbox.boards import discover
from letterbox.boards.fetching import Withheld
from letterbox.domain import keys
from letterbox.domain.errors import BoardUnavailableError
from letterbox.domain.messages import FetchApplicationResult, FetchInput, StepInput
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from tests.activities.board import DOCUMENTS, FIRST, SECOND, SOON, Board, asking
from tests.activities.noticed import SEEK, notice

INPUT = FetchInput(step=StepInput(application_id=SEEK, view=1))


@pytest.fixture(name="board")
def _board() -> Board:
    return Board()


@pytest.fixture(name="fetching")
def _fetching(applications: StoredApplications, board: Board) -> FetchActivities:
    """Have a notice be taken over, and its board be asked."""
    applications.save_view(notice(), 1)
    return asking(applications, board)


async def attempt(
    fetching: FetchActivities,
    number: int = 1,
    *heartbeat_details: int,
    on_heartbeat: Callable[..., None] = lambda *_: None,
) -> FetchApplicationResult:
    """Take the step, as Temporal does the first time or again."""
    environment = ActivityEnvironment()
    environment.on_heartbeat = on_heartbeat
    environment.info = replace(
        environment.info, attempt=number, heartbeat_details=heartbeat_details
    )
    return await environment.run(fetching.fetch_application, INPUT)


def sizes(fetched: FetchApplicationResult) -> list[int]:
    """Tell the documents apart."""
    return [one.size for one in fetched.stored.documents]


def key_of(content: bytes) -> str:
    """Name a document as the store does."""
    return keys.document(SEEK, f"{sha256(content).hexdigest()}.pdf")


async def test_one_step_brings_the_application_and_its_documents(
    fetching: FetchActivities, store: ObjectStore, board: Board
) -> None:
    """Each document is in the store, and the source names it."""
    fetched = await attempt(fetching)

    assert (fetched.available, fetched.whole, fetched.documents) == (True, True, 2)
    assert sizes(fetched) == [len(FIRST), len(SECOND)]
    assert [store.get(key_of(one)) for one in DOCUMENTS.values()] == [FIRST, SECOND]
    assert board.asked == ["profile", *DOCUMENTS]
    kept = StoredApplications(store).view(SEEK, 1).documents
    assert [(one.link, one.size) for one in kept] == [
        ("1", len(FIRST)),
        ("2", len(SECOND)),
    ]


async def test_what_a_cut_attempt_has_stored_is_not_fetched_again(
    fetching: FetchActivities, board: Board
) -> None:
    """Killed behind the first document: the next attempt wants the second alone."""
    _, two = DOCUMENTS
    board.away = {two}
    with pytest.raises(BoardUnavailableError):
        await attempt(fetching)
    board.away, board.asked = set(), []

    fetched = await attempt(fetching, 2)

    assert board.asked == [two]
    assert sizes(fetched) == [len(FIRST), len(SECOND)]
    assert fetched.whole


@pytest.mark.parametrize("body", [None, b"", FIRST[:20]], ids=["lost", "empty", "cut"])
async def test_what_is_not_whole_in_the_store_is_fetched_again(
    fetching: FetchActivities, board: Board, store: ObjectStore, body: bytes | None
) -> None:
    """Though an attempt before has named it in the source."""
    one, two = DOCUMENTS
    board.away = {two}
    with pytest.raises(BoardUnavailableError):
        await attempt(fetching)
    if body is None:
        store.delete(key_of(FIRST))
    else:
        store.put(key_of(FIRST), body)
    board.away, board.asked = set(), []

    fetched = await attempt(fetching, 2)

    assert board.asked == [one, two]
    assert store.get(key_of(FIRST)) == FIRST
    assert [one.problem for one in fetched.stored.documents] == [None, None]


async def test_a_document_that_is_gone_costs_the_others_nothing(
    fetching: FetchActivities, board: Board
) -> None:
    """The application is worth more than its file."""
    board.gone = {"https://seek.example/1"}

    fetched = await attempt(fetching)

    problems = [one.problem for one in fetched.stored.documents]
    assert problems == ["missing", None]
    assert sizes(fetched) == [0, len(SECOND)]


@pytest.mark.parametrize(
    ("number", "since", "is_tried_on"),
    [(7, [], True), (8, [1], False), (8, [2], True), (16, [9], False)],
)
async def test_a_document_has_tries_of_its_own(
    fetching: FetchActivities,
    board: Board,
    number: int,
    since: list[int],
    is_tried_on: bool,  # noqa: FBT001 a parameter of the table
) -> None:
    """Eight from its turn on, whatever the application itself has taken."""
    _, two = DOCUMENTS
    board.away = {two}

    if is_tried_on:
        with pytest.raises(BoardUnavailableError):
            await attempt(fetching, number, *since)
        return
    fetched = await attempt(fetching, number, *since)

    problems = [one.problem for one in fetched.stored.documents]
    assert problems == [None, "unavailable"]


async def test_only_a_step_that_fails_or_takes_long_costs_a_heartbeat(
    fetching: FetchActivities, board: Board
) -> None:
    """Each is a write of Temporal's; the next attempt needs what it tells."""
    beats: list[int] = []
    board.away = set(DOCUMENTS)
    with pytest.raises(BoardUnavailableError):
        await attempt(fetching, 3, on_heartbeat=beats.append)
    board.away = set()
    await attempt(fetching, 4, 3, on_heartbeat=beats.append)

    assert beats == [3]


async def test_what_a_board_withholds_has_no_documents(
    fetching: FetchActivities, board: Board
) -> None:
    """They are not asked for."""
    board.withheld = Withheld.REFUSED

    fetched = await attempt(fetching)

    assert fetched == FetchApplicationResult(available=False)
    assert board.asked == ["profile"]


@workflow.defn(name="FetchOnce")
class FetchOnce:
    """Takes the step alone, with pauses that a test can wait for."""

    @workflow.run
    async def run(self, args: FetchInput) -> FetchApplicationResult:
        """Fetch until it works."""
        return await workflow.execute_activity_method(
            FetchActivities.fetch_application,
            args,
            start_to_close_timeout=timedelta(seconds=30),
            heartbeat_timeout=timedelta(seconds=20),
            retry_policy=RetryPolicy(initial_interval=SOON, maximum_interval=SOON),
        )


async def test_temporal_remembers_since_when_the_documents_are_asked_for(
    temporal_client: Client, fetching: FetchActivities, board: Board
) -> None:
    """The application takes five attempts; the document has its eight after them."""
    _, two = DOCUMENTS
    board.away, board.tries = {two}, 6

    async with Worker(
        temporal_client,
        task_queue=(queue := str(uuid4())),
        workflows=[FetchOnce],
        activities=[fetching.fetch_application],
        interceptors=[Failures()],
        # This module, with all that it imports, is no workflow's.
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        fetched = await temporal_client.execute_workflow(
            FetchOnce.run, INPUT, id=str(uuid4()), task_queue=queue
        )

    problems = [one.problem for one in fetched.stored.documents]
    assert problems == [None, "unavailable"]
    assert board.asked.count("profile") == 6
    assert board.asked.count(two) == 8


async def test_what_was_fetched_for_a_source_is_kept_where_it_is_saved_again(
    fetching: FetchActivities, applications: StoredApplications
) -> None:
    """A step that is repeated after the fetch has the same notice once more."""
    await attempt(fetching)
    before = find_view(applications, SEEK, 1)
    boards = discover()
    sources = Sources(applications, boards, Inbox(applications, boards))

    saved = sources.save(notice(), 1)

    assert before is not None
    assert before.documents
    assert saved == before
    assert find_view(applications, SEEK, 1) == before
