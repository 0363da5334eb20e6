"""What a key tells of the object that lies there, and of whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain import keys
from letterbox.domain.ids import key_part
from letterbox.domain.key_owners import Place, folder_of, placed

DIGEST = "a" * 64
CV = f"{DIGEST}.pdf"
IDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80).map(
    lambda text: f"seek:{text}"
)


@given(IDS)
def test_every_key_of_ours_tells_whose_it_is(application_id: str) -> None:
    """Whatever a board's id is made of, and however long it is."""
    spelled = {
        keys.record(application_id): (Place.RECORD, "application"),
        keys.source(application_id, 12): (Place.SOURCE, "12"),
        keys.demographics(application_id, 1): (Place.DEMOGRAPHICS, "demographics"),
        keys.demographics(application_id, 12): (Place.DEMOGRAPHICS, "demographics-12"),
        keys.document(application_id, CV): (Place.DOCUMENT, CV),
        keys.document_text(application_id, DIGEST): (Place.TEXT, DIGEST),
        keys.quarantined(application_id, CV): (Place.QUARANTINED, CV),
        keys.old_inbox_record(application_id, DIGEST): (Place.WAITING, DIGEST),
        keys.archive(application_id): (Place.ARCHIVE, "zip"),
        keys.tombstone(application_id): (Place.TOMBSTONE, "json"),
        keys.hold(application_id): (Place.HOLD, "json"),
        keys.marker(DIGEST, application_id): (Place.MARKER, DIGEST),
    }

    for key, (place, name) in spelled.items():
        found = placed(key)
        assert found
        assert (found.place, found.part, found.name) == (
            place,
            key_part(application_id),
            name,
        )
    waiting = placed(key := keys.inbox_record(application_id, DIGEST))
    assert waiting
    assert waiting.part == key_part(application_id)
    # The longest of ids leave less room in a name for the fingerprint.
    assert keys.inbox_record(application_id, waiting.name) == key
    assert len(waiting.name) >= 50
    assert max(len(part.encode()) for part in key.split("/")) <= 255


@pytest.mark.parametrize(
    "key",
    [
        keys.CATALOGUE,
        keys.DELIVERY_DISABLED,
        keys.owed("careerjet:1"),
        keys.LAST_AUDIT,
        keys.position("dev-17", "acme"),
        keys.alias("profile", "ad 1", "dev-17", None),
        f"health/{'0' * 32}",
    ],
)
def test_what_is_ours_and_of_no_application_is_known(key: str) -> None:
    """The catalogue, the switch of the deliveries, the proof of life."""
    found = placed(key)

    assert found
    assert found.place in {Place.OTHER, Place.PROBE}


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Ada Example.pdf", "Ad…"),
        ("x", "x…"),
        ("applications/.DS_Store", "applications/…"),
        ("applications/careerjet:1/Ada.pdf", "applications/…"),
        ("applications/careerjet:1/documents/Ada.pdf", "applications/…"),
        ("applications/careerjet:1/source/0.json", "applications/…"),
        ("applications/careerjet 1/application.json", "applications/…"),
        ("inbox/careerjet:1/ada.json", "inbox/…"),
        ("inbox/.hidden/" + DIGEST + ".json", "inbox/…"),
        ("inbox/00/careerjet:1~" + DIGEST + ".zip", "inbox/…"),
        ("inbox/0/careerjet:1~" + DIGEST + ".zip", "inbox/…"),
        (keys.inbox("careerjet:1") + "ada.zip", "inbox/…"),
        (keys.inbox("careerjet:1") + DIGEST + ".zip/below", "inbox/…"),
        ("archive/careerjet:%zz.zip", "archive/…"),
        ("archive/careerjet:1~0.zip", "archive/…"),
        ("archive/careerjet:1.zip/in-the-way", "archive/…"),
    ],
)
def test_what_is_not_ours_is_told_without_its_name(key: str, shown: str) -> None:
    """A file may be named after a person."""
    assert placed(key) is None
    assert folder_of(key) == shown
