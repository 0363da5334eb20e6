"""A person's applications that nobody has recorded yet, in either store."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.errors import RefusedError
from letterbox.domain.ids import application_id
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records.inbox_search import InboxSearch
from tests.letterbox.conftest import tidy
from tests.older_inbox import FORMS
from tests.record_factory import NOON


def told(delivery: Submission) -> list[str]:
    """Read the addresses, which a board's reader does elsewhere."""
    said: Any = delivery.said
    return list(said.get("emails", ()))


def delivery(name: str, *emails: str, fingerprint: str = "1") -> Submission:
    """Have something that a board has sent."""
    return Submission(
        application_id=name,
        board=name.partition(":")[0],
        board_id=name,
        fingerprint=fingerprint,
        received_at=NOON,
        said={"emails": list(emails)},
    )


def put(store: ObjectStore, one: Submission) -> None:
    """Let it wait in the inbox, of either form."""
    accept = FORMS["before" if int(one.fingerprint) % 2 else "today"]
    accept(store, one, {})


@pytest.fixture(name="person")
def _person(store: ObjectStore) -> Iterator[str]:
    """Invent an address; a real bucket is left without its inbox."""
    yield f"{uuid4()}@example.com"
    for folder in (keys.INBOX, keys.APPLICATIONS):
        tidy(store, folder)


def test_every_application_that_waits_is_found_by_any_of_its_addresses(
    store: ObjectStore, person: str
) -> None:
    """However typed, in whichever delivery, and nobody else's."""
    long = application_id("careerjet", "é/" * 150)
    put(store, delivery("careerjet:1", f"\u200b{person.upper()}"))
    put(store, delivery("careerjet:1", person, fingerprint="2"))
    put(store, delivery("careerjet:2", "bob@example.com", fingerprint="4"))
    put(store, delivery("careerjet:2", f"<{person}>", fingerprint="2"))
    put(store, delivery("careerjet:3", "bob@example.com", ""))
    put(store, delivery(long, f"bob@example.com, {person}"))
    counts: list[int] = []

    found = InboxSearch(store, told).find(person, progress=counts.append)

    assert set(found.application_ids) == {"careerjet:1", "careerjet:2", long}
    assert found.unreadable == ()
    # One that has both is met twice.
    assert (len(counts), counts[-1]) == (5, 6)
    assert len(found.application_ids) == 3
    assert InboxSearch(store, told).find(" ").application_ids == ()


def test_what_was_fetched_and_not_recorded_is_found(
    store: ObjectStore, person: str
) -> None:
    """A notice knows no address; what was fetched for it lies beside it."""
    put(store, delivery("seek:1"))
    fetched = delivery("seek:1", person).model_dump_json().encode()
    store.put(keys.source("seek:1", 1), fetched)

    found = InboxSearch(store, told).find(person)

    assert found.application_ids == ("seek:1",)


def test_what_cannot_be_read_is_told_and_keeps_nothing_from_being_found(
    store: ObjectStore, person: str
) -> None:
    """It may be the person's: somebody has to look."""
    store.put(keys.inbox_record("careerjet:0", "1"), b"{")
    store.put(keys.old_inbox_record("careerjet:9", "1"), b"{")
    store.put(f"{keys.INBOX}.DS_Store", b"\x00")
    put(store, delivery("careerjet:1", person))

    found = InboxSearch(store, told).find(person)

    assert found.application_ids == ("careerjet:1",)
    assert set(found.unreadable) == {
        ".DS_Store",
        "careerjet:0",
        "careerjet:9",
    }


def test_a_search_with_a_limit_says_so_rather_than_miss_anything(
    store: ObjectStore, person: str
) -> None:
    """Half an answer would pass for the whole."""
    for number in range(3):
        put(store, delivery(f"careerjet:{number}", person, fingerprint=f"{number}"))

    search = InboxSearch(store, told)

    assert len(search.find(person, at_most=3).application_ids) == 3
    with pytest.raises(RefusedError, match="more than 2"):
        search.find(person, at_most=2)
