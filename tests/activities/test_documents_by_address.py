"""Posted whole, with documents at addresses: recorded first, and then downloaded."""

from hashlib import sha256

import pytest

from activities.intake import ApplicationActivities
from letterbox.domain.application import Application, Flag, Stage
from letterbox.domain.errors import BoardUnavailableError
from letterbox.domain.messages import StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import MAX_DELIVERIES, Role
from letterbox.records.applications import StoredApplications
from tests.activities.addressed import ID, posted, record, take_in
from tests.activities.board import DOCUMENTS, FIRST, SECOND, Board
from tests.activities.steps import names

CV, CERTIFICATE = DOCUMENTS
_TRIES = 8


def shown(record: Application) -> list[tuple[Role, str | None]]:
    """List the documents, and what is wrong with each."""
    return [(one.role, one.problem) for one in record.attachments]


def digest_of(content: bytes) -> str:
    """Return what a document goes by."""
    return sha256(content).hexdigest()


def recorded(applications: StoredApplications) -> Application:
    """Read the record, which must be there."""
    found = applications.find(ID)
    assert found
    return found


def test_the_record_is_written_before_anything_is_downloaded(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """It is matched and visible, and says which documents are still to come."""
    applications.accept(posted(), {})
    board = Board()

    collected = activities.store_documents(StoreInput(application_id=ID))
    record(activities, applications, board, collected)

    found = recorded(applications)
    assert (collected.fetch, collected.more, board.asked) == (False, True, [])
    assert found.stage is Stage.MATCHED
    assert found.flags == (Flag.INCOMPLETE, Flag.UNAVAILABLE)
    assert shown(found) == [
        (Role.COVER_LETTER, None),
        (Role.RESUME, "unavailable"),
        (Role.OTHER, "unavailable"),
    ]
    assert list(applications.submissions(ID)) == []


def test_then_the_documents_are_downloaded_and_nothing_is_left_open(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Each is in the store; the answer names the document that it is."""
    applications.accept(posted(), {})
    board = Board()

    first, second = take_in(activities, applications, board)

    found = recorded(applications)
    assert (first.fetch, second.fetch, second.more) == (False, True, False)
    assert board.asked == [CV, CERTIFICATE]
    assert (found.stage, found.flags) == (Stage.MATCHED, ())
    assert shown(found) == [
        (Role.RESUME, None),
        (Role.OTHER, None),
        (Role.COVER_LETTER, None),
    ]
    assert [one.question_id for one in found.attachments] == [None, "q", None]
    assert found.answers[0].attachment == digest_of(SECOND)
    assert found.position.reference == "20240107-123456-7890"
    assert [view.number for view in found.views] == [1, 2]
    assert f"applications/{ID}/documents/{digest_of(FIRST)}.pdf" in names(store)
    assert "canary" not in found.model_dump_json()


def test_a_repeat_changes_nothing(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """LinkedIn sends up to six times more; nothing is downloaded again."""
    applications.accept(posted(), {})
    board = Board()
    take_in(activities, applications, board)
    before = recorded(applications)

    applications.accept(posted(), {})
    [again] = take_in(activities, applications, board)

    assert not again.fresh
    assert recorded(applications) == before
    assert board.asked == [CV, CERTIFICATE]
    assert list(applications.submissions(ID)) == []


def test_a_document_that_is_gone_is_missing_and_costs_the_others_nothing(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """The board was asked, and that is said; the record is as good as it gets."""
    applications.accept(posted(), {})
    board = Board(gone={CV})

    take_in(activities, applications, board)

    found = recorded(applications)
    assert found.flags == (Flag.INCOMPLETE,)
    assert shown(found) == [
        (Role.RESUME, "missing"),
        (Role.OTHER, None),
        (Role.COVER_LETTER, None),
    ]


def test_a_document_that_is_away_is_asked_for_again_and_it_alone(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """The application waits with what it has; what it has is not fetched twice."""
    applications.accept(posted(), {})
    board = Board(away={CERTIFICATE})
    with pytest.raises(BoardUnavailableError):
        take_in(activities, applications, board)
    take_in(activities, applications, board, attempt=_TRIES)

    waiting = recorded(applications)
    assert waiting.flags == (Flag.INCOMPLETE, Flag.UNAVAILABLE)
    assert shown(waiting)[:2] == [(Role.RESUME, None), (Role.OTHER, "unavailable")]

    board.away, board.asked = set(), []
    take_in(activities, applications, board)

    assert board.asked == [CERTIFICATE]
    assert recorded(applications).flags == ()


def test_a_person_may_ask_for_what_was_missing(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """A token that was missing may be set by now; what is whole is left alone."""
    applications.accept(posted(), {})
    board = Board(gone={CV})
    take_in(activities, applications, board)
    board.gone, board.asked = set(), []

    take_in(activities, applications, board, again=True)
    [last] = take_in(activities, applications, board, again=True)

    assert board.asked == [CV]
    assert recorded(applications).flags == ()
    assert (last.fresh, last.lost_source) == (False, False)


def test_what_differs_is_kept_beside_with_documents_of_its_own(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """The first stays the record; the other's documents are downloaded, too."""
    applications.accept(posted(certificate=False), {})
    take_in(activities, applications, Board())
    before = recorded(applications)

    applications.accept(posted(letter="Another letter."), {})
    board = Board()
    [other] = take_in(activities, applications, board)

    found = recorded(applications)
    assert other.fetch
    assert board.asked == [CV, CERTIFICATE]
    assert found.flags == (Flag.CONFLICT,)
    assert found.attachments == before.attachments
    assert [one.role for one in found.views[-1].attachments] == [
        Role.RESUME,
        Role.OTHER,
        Role.COVER_LETTER,
    ]


def test_downloading_again_leaves_room_for_what_differs(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """Ten that differ are kept; views of the first are not among them."""
    applications.accept(posted(), {})
    board = Board(away={CV})
    for _ in range(MAX_DELIVERIES):
        take_in(activities, applications, board, attempt=_TRIES)

    applications.accept(posted(letter="Another letter."), {})
    take_in(activities, applications, board, attempt=_TRIES)

    assert Flag.CONFLICT in recorded(applications).flags


def test_a_source_that_is_lost_is_said_and_not_asked_about(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Nobody knows by what to ask; the record stays."""
    applications.accept(posted(), {})
    collected = activities.store_documents(StoreInput(application_id=ID))
    record(activities, applications, Board(), collected)
    store.delete(f"applications/{ID}/source/1.json")

    again = activities.store_documents(StoreInput(application_id=ID))

    assert (again.fresh, again.lost_source) == (False, True)
    assert Flag.UNAVAILABLE in recorded(applications).flags
