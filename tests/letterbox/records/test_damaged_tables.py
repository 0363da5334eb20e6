"""The table at the end of a delivery, damaged where zipfile does not mind."""

import struct
from collections.abc import Callable

import pytest

from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.inbox_objects import opened_documents, read_submission
from tests.factories import PDF, careerjet

SUBMISSION, CONTENTS = careerjet("1")
[CV] = SUBMISSION.documents
KEY = keys.inbox_record(SUBMISSION.application_id, SUBMISSION.fingerprint)
# From the object's end: the last entry is of delivery.json, and has its 46 bytes.
_LAST_ENTRY = -22 - len("delivery.json") - 46


def short(at: int, number: int) -> Callable[[bytes], bytes]:
    """Return what writes a number of two bytes at a place before the end."""

    def damage(body: bytes) -> bytes:
        damaged = bytearray(body)
        struct.pack_into("<H", damaged, len(body) + at, number)
        return bytes(damaged)

    return damage


DAMAGED = {
    f"{field} {number}": short(at, number)
    for field, at in {
        "disk": -18,
        "its disk": -16,
        "count": -14,
        "whole count": -12,
        "made by": _LAST_ENTRY + 4,
        "time": _LAST_ENTRY + 12,
        "length of the last extra": _LAST_ENTRY + 30,
        "length of the last comment": _LAST_ENTRY + 32,
        "attributes": _LAST_ENTRY + 36,
    }.items()
    for number in (0, 200)
}
# Longer than the name, and so cut where the table ends.
DAMAGED |= {f"name {size}": short(_LAST_ENTRY + 28, size) for size in (14, 32768)}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_byte_of_the_table_that_nobody_needs_costs_no_application(
    store: ObjectStore, damage: Callable[[bytes], bytes]
) -> None:
    """What was accepted is taken over as long as all that it is can be read."""
    StoredApplications(store).accept(SUBMISSION, CONTENTS)
    store.put(KEY, damage(store.get(KEY)))

    with opened_documents(store, KEY) as documents:
        assert b"".join(documents.chunks(CV.sha256)) == PDF
    assert read_submission(store, KEY) == SUBMISSION
