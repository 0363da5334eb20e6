"""What a person, a scanner or the ATS changes in a record."""

from datetime import timedelta

import pytest

from letterbox.domain.amendments import (
    assigned,
    delivered,
    document_released,
    held,
    released,
    scanned,
    verdict,
    with_hold,
)
from letterbox.domain.application import Flag, Handled, Hold, Release, Stage
from letterbox.domain.messages import ScanResult
from letterbox.domain.positions import Position
from tests.record_factory import NOON, attachment, record

ID = "careerjet:1"
NAME = "ab.pdf"
LATER = NOON + timedelta(hours=1)
HOLD = Hold(reason="case 12", placed_at=NOON, by="bo")


def test_an_assignment_says_what_was_chosen_by_whom_and_when() -> None:
    """The record is matched from then on, and remembers who did it."""
    changed = assigned(
        record(ID),
        Position(reference="R-2", hirer="Rail", title="Driver"),
        "bo",
        LATER,
    )

    chosen = changed.position
    assert (chosen.reference, chosen.hirer, chosen.title) == ("R-2", "Rail", "Driver")
    assert (changed.position.assigned_by, changed.position.assigned_at) == ("bo", LATER)
    assert changed.stage is Stage.MATCHED
    assert changed.handled == (Handled(action="assigned", by="bo", at=LATER),)


def test_an_assignment_of_what_is_assigned_changes_nothing() -> None:
    """A step that is repeated names nobody twice."""
    position = Position(reference="R-2", hirer="Rail")
    before = assigned(record(ID), position, "bo", LATER)

    assert assigned(before, position, "cy", LATER + timedelta(days=1)) is before


def test_an_assignment_by_nobody_known_is_remembered_as_nobodys_doing() -> None:
    """Earlier clients name no operator."""
    changed = assigned(record(ID), Position(reference="R-2"), at=LATER)

    assert changed.position.assigned_by is None
    assert changed.handled == ()


def test_a_hold_is_in_the_record_until_it_is_released() -> None:
    """Both are somebody's doing, and the flag says it to lists."""
    during = held(record(ID), HOLD)
    after = released(during, "cy", LATER)

    assert during.hold == HOLD
    assert Flag.HELD in during.flags
    assert after.hold is None
    assert after.flags == record(ID).flags
    assert after.handled == (
        Handled(action="held", by="bo", at=NOON, reason="case 12"),
        Handled(action="released", by="cy", at=LATER),
    )


def test_a_hold_that_a_repeated_step_places_again_is_noted_once() -> None:
    """Its time is the step's own; another reason makes it another hold."""
    before = held(record(ID), HOLD)
    again = held(before, HOLD.model_copy(update={"placed_at": LATER}))
    other = held(before, HOLD.model_copy(update={"reason": "case 13"}))

    assert len(again.handled) == 1
    assert len(other.handled) == 2


def test_a_record_has_the_hold_that_there_is_and_who_ended_one() -> None:
    """By whom, when and why it ended is noted of the release; a hold tells its own."""
    during = with_hold(record(ID), HOLD, LATER, "cy", "over")
    after = with_hold(during, None, LATER, "cy", "over")

    assert during == held(record(ID), HOLD)
    assert after.handled[-1] == (
        Handled(action="released", by="cy", at=LATER, reason="over")
    )


def test_a_hold_that_ends_by_its_date_is_released_by_nobody() -> None:
    """Nor is what was not held released by anybody."""
    assert released(held(record(ID), HOLD)).handled == held(record(ID), HOLD).handled
    assert released(record(ID), "cy", LATER).handled == ()


def test_of_all_that_was_done_to_a_record_the_last_fifty_are_kept() -> None:
    """A program that holds and releases all day must not fill the store."""
    changed = record(ID)
    for number in range(51):
        hold = Hold(reason=str(number), placed_at=NOON, by=str(number))
        changed = held(changed, hold)

    assert [entry.by for entry in changed.handled] == [str(n) for n in range(1, 51)]


@pytest.mark.parametrize("stage", [Stage.TRIAGE, Stage.RECEIVED])
def test_what_waits_for_a_person_still_waits_when_the_ats_has_it(stage: Stage) -> None:
    """Only a matched application becomes a delivered one."""
    waiting = record(ID).model_copy(update={"stage": stage})

    assert delivered(record(ID)).stage is Stage.DELIVERED
    assert delivered(waiting).stage is stage


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (ScanResult(), "clean"),
        (ScanResult(absent=(NAME,), infected=(NAME,)), None),
        (ScanResult(infected=(NAME,), released=(NAME,)), "infected"),
        (ScanResult(released=(NAME,), unscanned=(NAME,)), "released"),
        (ScanResult(unscanned=(NAME,), too_large=(NAME,)), "unscanned"),
        (ScanResult(too_large=(NAME,)), "unscannable"),
    ],
)
def test_the_verdict_on_a_document_is_the_gravest_that_names_it(
    found: ScanResult, expected: str | None
) -> None:
    """What a scan does not name is clean."""
    assert verdict(found, NAME) == expected


@pytest.mark.parametrize(
    ("found", "scan", "flags"),
    [
        (ScanResult(), "clean", set()),
        (ScanResult(infected=(NAME,)), "infected", {Flag.INFECTED}),
        (ScanResult(unscanned=(NAME,)), "unscanned", {Flag.UNSCANNED}),
        (ScanResult(too_large=(NAME,)), "unscannable", {Flag.UNSCANNED}),
    ],
)
def test_a_scan_judges_what_was_not_scanned_and_flags_the_record(
    found: ScanResult, scan: str, flags: set[Flag]
) -> None:
    """The flags of before go where nothing raises them any more."""
    before = record(ID, attachment(NAME, scan="unscanned")).model_copy(
        update={"flags": (Flag.INFECTED, Flag.ODD_FILE, Flag.UNSCANNED)}
    )

    changed = scanned(before, found)

    assert changed.attachments[0].scan == scan
    assert set(changed.flags) == flags | {Flag.ODD_FILE}


def test_a_scan_leaves_what_was_judged_before_as_it_is() -> None:
    """Nor does it judge a document that the board does not have."""
    before = record(ID, attachment(NAME, scan="clean"), attachment(None))

    changed = scanned(before, ScanResult(infected=(NAME,)))

    assert [one.scan for one in changed.attachments] == ["clean", None]


@pytest.mark.parametrize("are_others", [True, False])
def test_a_released_document_is_vouched_for_and_the_others_are_not(
    *, are_others: bool
) -> None:
    """The record stays flagged for as long as another lies in quarantine."""
    infected = [attachment(name, scan="infected") for name in (NAME, "cd.pdf")]
    release = Release(reason="a test file", by="bo", released_at=NOON)

    changed = document_released(
        record(ID, *infected), NAME, release, are_others=are_others
    )

    assert [one.scan for one in changed.attachments] == ["released", "infected"]
    assert [one.released for one in changed.attachments] == [release, None]
    assert (Flag.INFECTED in changed.flags) is are_others


def test_a_flag_is_raised_once_and_flags_are_sorted() -> None:
    """Lists and events name them; a step that is repeated changes nothing."""
    once = record(ID).with_flag(Flag.CONFLICT)

    assert once.flags == (Flag.CONFLICT, Flag.ODD_FILE)
    assert once.with_flag(Flag.CONFLICT) == once
