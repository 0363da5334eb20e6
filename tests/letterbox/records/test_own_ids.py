"""Messages of one Message-ID: which are one application, and which are others."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from structlog.testing import capture_logs

from letterbox.archive.archives import BagArchives
from letterbox.boards.careerjet import BOARD as CAREERJET
from letterbox.boards.mail.board import Mail
from letterbox.domain import keys
from letterbox.domain.application import Stage, Tombstone, View
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications
from letterbox.records.candidates import StoredCandidates
from letterbox.records.holds import StoredHolds
from letterbox.records.own_ids import StoredOwnIds
from letterbox.records.removal import StoredRemoval
from tests.letterbox.archive.packing import invented
from tests.letterbox.boards.mail.messages import message
from tests.letterbox.boards.posts import received

ID = "mail:form@example.com"
FIRST = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BOARD = Mail()


def came(sent_at: datetime | None = FIRST, name: str = "Ada") -> Submission:
    """Receive a message of a form that gives all of its messages one id."""
    written = message(
        From=f"{name} Example <{name}@example.com>",
        Message_ID="<form@example.com>",
        Date=format_datetime(sent_at) if sent_at else None,
    )
    return received(BOARD, written.as_bytes(), now=NOW).submission


@pytest.fixture(name="applications")
def _applications(store: ObjectStore) -> StoredApplications:
    return StoredApplications(store)


@pytest.fixture(name="own_ids")
def _own_ids(store: ObjectStore, applications: StoredApplications) -> StoredOwnIds:
    return StoredOwnIds(store, applications)


def record(applications: StoredApplications, *submissions: Submission) -> None:
    """Have them taken over: the first is the record, the others its views."""
    for number, one in enumerate(submissions, 1):
        applications.save_view(one, number)
    views = tuple(
        View(number=number, fingerprint=one.fingerprint, received_at=NOW)
        for number, one in enumerate(submissions, 1)
    )
    applications.update(invented(ID).model_copy(update={"views": views}))


def later(hours: int = 1) -> Submission:
    """Receive what somebody else has written later."""
    return came(FIRST + timedelta(hours=hours), "Bob")


@pytest.mark.parametrize("where", ["inbox", "record", "both", "a view"])
def test_a_message_that_was_sent_later_is_another_application(
    where: str, applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """Wherever the first one lies; its own repeat keeps its id."""
    if where != "record":
        applications.accept(came().model_copy(update={"documents": ()}), {})
    if where in {"record", "both"}:
        record(applications, came())
    if where == "a view":
        record(applications, later(5), came())

    with capture_logs() as logs:
        own = own_ids.settled(BOARD, later())

    assert own.application_id == f"{ID}:20261120T130000Z"
    assert own.board_id == "form@example.com:20261120T130000Z"
    assert own.fingerprint == later().fingerprint
    assert BOARD.read(own).is_id_repeated
    assert [one["application"] for one in logs] == [own.application_id]
    assert own_ids.settled(BOARD, came()) == came()
    assert not BOARD.read(came()).is_id_repeated


def test_the_same_message_by_another_way_keeps_its_id(
    applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """Whoever passed it on may have changed it: its date is the sender's."""
    record(applications, came())
    changed = came(name="Ada via a list")

    assert own_ids.settled(BOARD, changed) == changed


def test_two_that_came_at_once_stay_where_they_are(
    applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """Both found the id free, and are a conflict: the repeat of either is a repeat."""
    record(applications, came(), later())

    assert own_ids.settled(BOARD, came()) == came()
    assert own_ids.settled(BOARD, later()) == later()
    assert own_ids.settled(BOARD, later(2)).application_id != ID


def test_a_message_without_a_date_stays_where_it_is(
    applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """What else tells it from others is of the candidate, and no part of an id."""
    record(applications, came())
    undated = came(None, "Bob")

    assert own_ids.settled(BOARD, undated) == undated


@pytest.mark.parametrize("ending", ["erased", "archived"])
def test_what_was_sent_after_the_end_of_the_first_is_another_application(
    ending: str,
    store: ObjectStore,
    own_ids: StoredOwnIds,
) -> None:
    """What was sent before may be what ended, and does not come back."""
    if ending == "erased":
        removed_at = FIRST + timedelta(minutes=30)
        tombstone = Tombstone(reason="request 17", removed_at=removed_at)
        store.put(keys.tombstone(ID), tombstone.model_dump_json().encode())
    else:
        store.put(keys.archive(ID), b"a bag")
    now = datetime.now(UTC)
    received_later = {"received_at": now + timedelta(days=1)}
    after = came(now + timedelta(hours=1), "Bob").model_copy(update=received_later)
    repeat = came().model_copy(update=received_later)

    assert own_ids.settled(BOARD, repeat) == repeat
    assert own_ids.settled(BOARD, after).application_id != ID


def erased(
    store: ObjectStore, applications: StoredApplications, own_ids: StoredOwnIds
) -> Tombstone:
    """Erase what has the id, as the workflow does."""
    tombstone = Tombstone(
        reason="request 17",
        removed_at=datetime.now(UTC),
        own_ids=own_ids.of_all(BOARD, ID),
    )
    removal = StoredRemoval(
        store,
        applications=applications,
        archives=BagArchives(store, StoredHolds(store)),
        candidates=StoredCandidates(store, [b"a key"]),
    )
    return removal.erase(ID, tombstone)


@pytest.mark.parametrize("where", ["inbox", "record", "archive"])
def test_what_waited_is_no_repeat_of_what_was_erased_meanwhile(
    where: str,
    store: ObjectStore,
    applications: StoredApplications,
    own_ids: StoredOwnIds,
) -> None:
    """Somebody else's message that was sent before is not lost; what went stays out."""
    if where == "inbox":
        for one in (came(), later(5)):
            applications.accept(one.model_copy(update={"documents": ()}), {})
    else:
        record(applications, came(), later(5))
    if where == "archive":
        final = applications.find(ID)
        assert final
        BagArchives(store, StoredHolds(store)).pack(final)
        store.remove_below(keys.application(ID))
    erased(store, applications, own_ids)

    waited = own_ids.settled(BOARD, later())
    # An erasure that is asked for again, or goes on after a crash, forgets nothing.
    again = erased(store, applications, own_ids)

    assert waited.application_id == f"{ID}:20261120T130000Z"
    assert own_ids.settled(BOARD, later()) == waited
    assert own_ids.settled(BOARD, came()) == came()
    assert own_ids.settled(BOARD, later(5)) == later(5)
    assert again.own_ids == (f"{ID}:20261120T120000Z", f"{ID}:20261120T170000Z")


def test_what_could_not_be_read_when_it_was_erased_does_not_come_back(
    store: ObjectStore, applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """It may be this very message; nor is more known of what boards name alone."""
    record(applications, came())
    assert own_ids.of_all(CAREERJET, ID) is None
    store.put(keys.source(ID, 1), b"cut off {")

    assert erased(store, applications, own_ids).own_ids is None

    assert own_ids.settled(BOARD, later()) == later()


def test_what_waited_is_no_repeat_of_what_was_archived_meanwhile(
    store: ObjectStore, applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """A copy of the store has archives of a later day than what its sender kept."""
    record(applications, came(), later(5))
    archives = BagArchives(store, StoredHolds(store))
    final = applications.find(ID)
    assert final
    archives.pack(final)
    store.remove_below(keys.application(ID))
    assert applications.ended(ID) is Stage.ARCHIVED

    waited = own_ids.settled(BOARD, later())

    assert waited.application_id == f"{ID}:20261120T130000Z"
    assert own_ids.settled(BOARD, came()) == came()
    assert own_ids.settled(BOARD, later(5)) == later(5)


@pytest.mark.parametrize("spoilt", ["record", "source", "no source", "inbox"])
def test_what_cannot_be_read_may_be_this_very_message(
    spoilt: str,
    store: ObjectStore,
    applications: StoredApplications,
    own_ids: StoredOwnIds,
) -> None:
    """Then it is kept beside it: nothing is lost, and nobody is taken in twice."""
    if spoilt == "inbox":
        store.put(keys.inbox_record(ID, came().fingerprint), b"cut off")
    else:
        record(applications, came())
        key = keys.record(ID) if spoilt == "record" else keys.source(ID, 1)
        if spoilt == "no source":
            store.delete(key)
        else:
            store.put(key, b"cut off {")

    assert own_ids.settled(BOARD, later()) == later()


def test_what_waited_and_could_not_be_read_when_all_was_erased_does_not_come_back(
    store: ObjectStore, applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """Beside another message that could be: the tombstone knows not all that went."""
    store.put(keys.inbox_record(ID, came().fingerprint), b"cut off")
    applications.accept(later().model_copy(update={"documents": ()}), {})

    assert erased(store, applications, own_ids).own_ids is None

    assert own_ids.settled(BOARD, came()) == came()


def test_a_source_that_no_record_names_yet_is_erased_by_its_id_too(
    store: ObjectStore, applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """Its step was cut short, or the record is an older one."""
    record(applications, came())
    applications.save_view(later(5), 2)

    tombstone = erased(store, applications, own_ids)

    assert tombstone.own_ids == (f"{ID}:20261120T120000Z", f"{ID}:20261120T170000Z")


def test_an_archive_of_which_a_name_is_damaged_tells_of_no_ids(
    store: ObjectStore, applications: StoredApplications, own_ids: StoredOwnIds
) -> None:
    """A source would be passed over: whoever sent it would be taken in again."""
    record(applications, came(), later(5))
    final = applications.find(ID)
    assert final
    BagArchives(store, StoredHolds(store)).pack(final)
    store.remove_below(keys.application(ID))
    packed = store.get(keys.archive(ID))
    table = packed.rindex(b"/source/2")
    renamed = packed[:table] + packed[table:].replace(b"/source/2", b"/sourcf/2")
    store.put(keys.archive(ID), renamed)

    assert own_ids.settled(BOARD, later(5)) == later(5)
    assert erased(store, applications, own_ids).own_ids is None
    assert own_ids.settled(BOARD, later(5)) == later(5)
