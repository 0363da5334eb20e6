"""Markers: from an address to all applications of a person, in either store."""

import hmac
from collections.abc import Callable, Iterator
from hashlib import sha256
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.errors import SettingsError
from letterbox.domain.ids import application_id
from letterbox.domain.ports import ObjectStore
from letterbox.domain.privacy import digest
from letterbox.records.candidates import StoredCandidates
from tests.letterbox.archive.packing import invented
from tests.letterbox.conftest import tidy
from tests.letterbox.storage.verbs import S3_STORES

OLD, NEW = b"the old key", b"the new key"

Ids = Callable[[str], str]


@pytest.fixture(name="person")
def _person(store: ObjectStore) -> Iterator[str]:
    """Invent an address; a real bucket is left without its markers."""
    address = f"ada-{uuid4()}@example.com"
    yield address
    for key in (OLD, NEW):
        tidy(store, keys.candidate(digest(address, key)))


@pytest.fixture(name="candidates")
def _candidates(store: ObjectStore) -> StoredCandidates:
    return StoredCandidates(store, [NEW, OLD])


def test_a_person_is_found_however_typed(
    candidates: StoredCandidates, person: str
) -> None:
    """All of their applications, and nobody else's."""
    for name, address in [
        ("careerjet:1", person),
        ("seek:2", f" {person.upper()}"),
        ("seek:3", f"bob-{person}"),
    ]:
        candidates.mark(invented(name, [address]))

    assert set(candidates.find(f"{person.title()} ")) == {"careerjet:1", "seek:2"}
    assert set(candidates.find(f"bob-{person}")) == {"seek:3"}
    candidates.unmark_by_scan("seek:3")


@pytest.mark.parametrize(
    "form",
    [
        "\u200b{}",
        "{}\u200f",
        "\ufeff{}",
        "Ada <{}>",
        "mailto:{}?subject=x",
        "{}.",
        '"{}",',
        "someone@else.example, {}",
    ],
)
# How an address is read is the same before any store.
@pytest.mark.parametrize("store", ["directory"], indirect=True)
def test_a_person_is_found_by_an_address_as_it_was_pasted(
    candidates: StoredCandidates, person: str, form: str
) -> None:
    """Whichever of the two was pasted: what the board sent, or what is looked for."""
    marked = candidates.mark(invented("careerjet:1", [form.format(person)]))
    found = [candidates.find(person), candidates.find(form.format(person))]

    candidates.unmark(marked)

    assert found == [["careerjet:1"]] * 2
    assert list(candidates.find(form.format(person))) == []


# How an address is read is the same before any store.
@pytest.mark.parametrize(
    ("store", "form"),
    [
        *((store, "{}") for store in ("directory", *S3_STORES)),
        *(("directory", form) for form in ("\u200b{}", "<{}>", "{}.", "mailto:{}")),
    ],
    indirect=["store"],
)
def test_what_an_earlier_version_marked_is_found_and_unmarked(
    store: ObjectStore, candidates: StoredCandidates, person: str, form: str
) -> None:
    """Its digests told apart what is one address now."""
    typed = form.format(person)
    earlier = hmac.new(OLD, typed.casefold().encode(), sha256).hexdigest()
    store.put(keys.marker(earlier, "careerjet:1"), b"")
    found = [candidates.find(person), candidates.find(typed)]

    candidates.unmark(invented("careerjet:1", [typed]))

    assert found == [["careerjet:1"]] * 2
    assert list(store.list(keys.candidate(earlier))) == []


def test_an_earlier_marker_of_an_encoded_domain_is_found(
    store: ObjectStore, candidates: StoredCandidates
) -> None:
    """The other spelling of the domain leads to it."""
    typed = f"{uuid4()}@xn--mnchen-3ya.example"
    earlier = hmac.new(NEW, typed.encode(), sha256).hexdigest()
    store.put(keys.marker(earlier, "careerjet:1"), b"")

    assert list(candidates.find(typed.replace("xn--mnchen-3ya", "MÜNCHEN"))) == [
        "careerjet:1"
    ]
    candidates.unmark(invented("careerjet:1", [typed]))


def test_the_addresses_of_other_views_lead_there_and_go_with_the_record(
    candidates: StoredCandidates, person: str
) -> None:
    """A second delivery under the same id may be of somebody else."""
    record = invented("careerjet:1", [person])
    marked = candidates.mark(record, [f"Bob <2{person}>", " "])
    found = list(candidates.find(f"2{person}"))

    candidates.unmark(marked)

    assert len(marked.markers) == 2
    assert found == ["careerjet:1"]
    assert list(candidates.find(f"2{person}")) == []


def test_a_marker_is_empty_and_names_nobody(
    store: ObjectStore, candidates: StoredCandidates, person: str
) -> None:
    """Its key is a digest and an id, and there is nothing in it."""
    marked = candidates.mark(invented("careerjet:1", [person]))

    [marker] = store.list(keys.candidate(digest(person, NEW)))
    assert marker.key == f"candidates/{digest(person, NEW)}/careerjet:1"
    assert marker.size == 0
    assert marked.markers == (digest(person, NEW),)


def test_marking_a_candidate_again_changes_nothing(
    store: ObjectStore, candidates: StoredCandidates, person: str
) -> None:
    """A step that is run twice marks once."""
    once = candidates.mark(invented("careerjet:1", [person]))

    assert candidates.mark(once) == once
    assert list(candidates.find(person)) == ["careerjet:1"]
    assert len(list(store.list(keys.candidate(digest(person, NEW))))) == 1


@pytest.mark.parametrize(
    "name",
    [
        application_id("careerjet", "x" * 300),
        application_id("careerjet", "é" * 90),
        application_id("careerjet", "a/b%2F~c"),
    ],
)
def test_an_id_too_long_for_a_key_is_found(
    candidates: StoredCandidates, person: str, name: str
) -> None:
    """The key holds a part of it; the marker then holds the whole."""
    candidates.mark(invented(name, [person]))

    assert list(candidates.find(person)) == [name]


def test_a_marker_that_says_another_id_is_not_believed(
    store: ObjectStore, candidates: StoredCandidates, person: str
) -> None:
    """Nobody else's application is erased for what a damaged marker says."""
    name = application_id("careerjet", "é" * 90)
    candidates.mark(invented(name, [person]))
    [marker] = store.list(keys.candidate(digest(person, NEW)))
    store.put(marker.key, b"careerjet:another\xff")

    assert list(candidates.find(person)) == []


def test_a_new_key_writes_and_an_old_one_still_finds(
    store: ObjectStore, candidates: StoredCandidates, person: str
) -> None:
    """Keys are rotated by putting the new one first."""
    before = StoredCandidates(store, [OLD]).mark(invented("careerjet:1", [person]))
    candidates.mark(invented("careerjet:2", [person]))
    again = candidates.mark(before)

    assert sorted(candidates.find(person)) == ["careerjet:1", "careerjet:2"]
    assert set(again.markers) == {digest(person, OLD), digest(person, NEW)}
    assert list(StoredCandidates(store, [OLD]).find(person)) == ["careerjet:1"]


def test_an_unmarked_application_is_found_no_more(
    store: ObjectStore, candidates: StoredCandidates, person: str
) -> None:
    """Its markers go, under keys that are gone by now too; others stay."""
    dropped = StoredCandidates(store, [OLD]).mark(invented("careerjet:1", [person]))
    candidates.mark(invented("careerjet:2", [person]))

    StoredCandidates(store, [NEW]).unmark(dropped)
    StoredCandidates(store, [NEW]).unmark(dropped)

    assert list(candidates.find(person)) == ["careerjet:2"]


def test_a_mark_that_was_cut_short_is_removed_too(
    candidates: StoredCandidates, person: str
) -> None:
    """The record may not know yet what was marked."""
    record = invented("careerjet:1", [person])
    candidates.mark(record)

    candidates.unmark(record)

    assert list(candidates.find(person)) == []


def test_every_address_leads_there_and_blanks_lead_nowhere(
    candidates: StoredCandidates, person: str
) -> None:
    """A blank is nobody's address, though many type it."""
    marked = candidates.mark(invented("careerjet:1", [person, f"2{person}", " ", ""]))

    assert len(marked.markers) == 2
    assert list(candidates.find(f"2{person}")) == ["careerjet:1"]
    assert list(candidates.find(" ")) == []
    candidates.unmark(marked)


def test_unmarking_by_scan_needs_neither_record_nor_key(
    store: ObjectStore, candidates: StoredCandidates, person: str
) -> None:
    """A walk over all markers finds those of one application, and of no other."""
    names = [f"seek:{uuid4()}" for _ in range(2)]
    for name in names:
        candidates.mark(invented(name, [person, f"2{person}"]))

    StoredCandidates(store, []).unmark_by_scan(names[0])

    assert list(candidates.find(person)) == [names[1]]
    assert list(candidates.find(f"2{person}")) == [names[1]]
    candidates.unmark_by_scan(names[1])


def test_without_a_key_nothing_is_marked_and_nobody_is_found(
    store: ObjectStore, person: str
) -> None:
    """The setting is named by whoever needs it; taking in needs none."""
    record = invented("careerjet:1", [person])
    keyless = StoredCandidates(store, [])

    assert keyless.mark(record) == record
    keyless.unmark(record)
    with pytest.raises(SettingsError, match="LETTERBOX_DIGEST_KEY") as caught:
        keyless.find(person)
    assert person not in str(caught.value)
