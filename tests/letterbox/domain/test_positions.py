"""Positions: their names, their keys, and what changes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from letterbox.domain import keys
from letterbox.domain.positions import (
    Aliases,
    Position,
    PositionStatus,
    ReferenceKind,
    is_removed_by_name,
    normalise,
    updated,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)

names = st.text(min_size=1, max_size=20).filter(normalise)
positions = st.builds(
    Position,
    reference=names,
    title=st.text(max_size=5),
    hirer=st.none() | st.text(min_size=1, max_size=5),
    status=st.sampled_from(PositionStatus),
    closed_at=st.none()
    | st.datetimes(max_value=datetime(9000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    countries=st.none() | st.just(("NZ",)),
    aliases=st.builds(
        Aliases,
        profile=st.lists(names, max_size=2).map(tuple),
        opening=st.lists(names, max_size=2).map(tuple),
        other=st.lists(names, max_size=2).map(tuple),
    ),
    closed_by_hand=st.booleans(),
)


@pytest.mark.parametrize(
    "other_spelling",
    [
        "dev-17 A",
        " DEV-17\t\u00a0 a\n",
        "\uff24\uff25\uff36-\uff11\uff17 a",
        "Dev-17 ª",
    ],
)
def test_spellings_that_mean_the_same_are_normalised_to_one(
    other_spelling: str,
) -> None:
    """Case, width, form and spaces do not make another reference."""
    assert normalise(other_spelling) == normalise("Dev-17 a")


def test_references_that_differ_stay_different_when_normalised() -> None:
    """Nothing but form is folded: a leading zero is a part of a reference."""
    assert len({normalise(one) for one in ("7", "07", "7-", "7/1", "7.1")}) == 5


@settings(deadline=None)
@given(st.text())
def test_a_normalised_name_is_normal(name: str) -> None:
    """Normalising twice changes nothing, so a stored name is found again."""
    assert normalise(normalise(name)) == normalise(name)


@pytest.mark.parametrize(
    ("field", "given_value"),
    [
        ("reference", ""),
        ("reference", " \u00a0"),
        ("reference", 17),
        ("reference", "x" * 1001),
        ("hirer", ""),
        ("status", "paused"),
        ("countries", ["Germany"]),
        ("countries", ["D1"]),
        ("closed_at", "9999-12-31T23:59:59Z"),
        ("closed_at", "soon"),
        ("title", "half an emoji: \ud83d"),
        ("title", "another half: \udfff"),
        ("aliases", {"other": [" "]}),
        ("aliases", {"unheard-of": ["a"]}),
        ("unheard-of", 1),
    ],
)
def test_a_position_that_cannot_be_meant_is_refused(
    field: str, given_value: object
) -> None:
    """A wrong field is an error that names it, and does not quote the value."""
    told = {"reference": "a"} | {field: given_value}

    with pytest.raises(ValidationError) as caught:
        Position.model_validate(told)

    assert caught.value.errors()[0]["loc"][0] == field
    assert "input_value" not in str(caught.value)


def test_a_position_is_read_as_it_is_meant() -> None:
    """Countries come in any case, none named is any, and a naive moment is UTC."""
    position = Position.model_validate(
        {"reference": "a", "countries": [" nz", "AU"], "closed_at": "2026-05-01T12:00"}
    )

    assert position.countries == ("NZ", "AU")
    assert position.closed_at == NOW
    assert Position(reference="a", countries=()).countries is None


def test_names_are_normalised_by_kind() -> None:
    """A position tells its names as they are looked up."""
    position = Position(
        reference=" A", aliases=Aliases(profile=("P 1", "p  1"), other=("B", "C"))
    )

    told = {kind: position.names(kind) for kind in ReferenceKind}

    assert told == {
        ReferenceKind.REFERENCE: {"a"},
        ReferenceKind.PROFILE: {"p 1"},
        ReferenceKind.OPENING: set(),
        ReferenceKind.OTHER: {"b", "c"},
    }


@settings(deadline=None)
@given(position=positions)
def test_closed_by_hand_stays_closed_until_opened(position: Position) -> None:
    """No list that says open opens it; a hand does."""
    closed = position.closed(NOW)
    told = Position(reference=position.reference, title="New", hirer=position.hirer)

    after = updated(closed, told)

    assert (after.status, after.closed_at) == (PositionStatus.CLOSED, closed.closed_at)
    assert after.title == "New"
    assert updated(after.opened(), told) == told


@settings(deadline=None)
@given(before=st.none() | positions, told=positions)
def test_an_import_repeated_changes_nothing(
    before: Position | None, told: Position
) -> None:
    """What a list told once needs no second writing."""
    after = updated(before, told)

    assert updated(after, told) == after


@settings(deadline=None)
@given(before=st.none() | positions, told=positions)
def test_a_closing_time_is_never_made_up(
    before: Position | None, told: Position
) -> None:
    """A made-up closing time would have us archive after the board forgets."""
    after = updated(before, told)

    said = {told.closed_at, before.closed_at if before else None, None}
    assert after.closed_at in said
    assert after.removed().closed_at == after.closed_at


def test_a_closing_time_told_once_is_kept() -> None:
    """A list that later only says closed does not make the time unknown."""
    before = Position(reference="a", status=PositionStatus.CLOSED, closed_at=EARLIER)

    after = updated(before, Position(reference="a", status=PositionStatus.CLOSED))

    assert after.closed_at == EARLIER


def test_reopened_by_a_list_it_was_never_closed() -> None:
    """What a list closed, a list opens."""
    before = Position(reference="a", status=PositionStatus.CLOSED, closed_at=EARLIER)

    assert updated(before, Position(reference="a")) == Position(reference="a")


@pytest.mark.parametrize(
    ("status", "closed_at"),
    [(PositionStatus.CLOSED, EARLIER), (PositionStatus.OPEN, NOW)],
)
def test_closing_by_hand_notes_when(
    status: PositionStatus, closed_at: datetime
) -> None:
    """A position that was closed before by hand or list was closed then."""
    position = Position(reference="a", status=status, closed_at=EARLIER)

    closed = position.closed(NOW)

    assert (closed.closed_at, closed.closed_by_hand) == (closed_at, True)
    assert closed.closed(NOW + timedelta(days=1)) == closed


def test_absent_and_closed_by_hand_comes_back_closed() -> None:
    """Removal does not forget the hand."""
    removed = Position(reference="a").closed(NOW).removed()

    after = updated(removed, Position(reference="a"))

    assert removed.status is PositionStatus.REMOVED
    assert (after.status, after.closed_at) == (PositionStatus.CLOSED, NOW)


@settings(deadline=None)
@given(positions)
def test_a_position_survives_its_own_json(position: Position) -> None:
    """What is shown can be imported, zones of time included."""
    elsewhere = position.model_copy(
        update={"closed_at": NOW.astimezone(timezone(timedelta(hours=13)))}
    )

    for one in (position, elsewhere):
        assert Position.model_validate_json(one.model_dump_json()) == one


owners = st.tuples(
    st.text(min_size=1, max_size=300) | st.sampled_from([".", "..", "a/b", "%2E"]),
    st.none() | st.text(min_size=1, max_size=300) | st.sampled_from(["any", "a/b"]),
)


@settings(deadline=None)
@given(first=owners, second=owners)
def test_every_position_has_keys_of_its_own(
    first: tuple[str, str | None], second: tuple[str, str | None]
) -> None:
    """No reference and no hirer, however odd, leads to another position's key."""
    for spell in (
        keys.position,
        lambda reference, hirer: keys.alias("other", "name", reference, hirer),
    ):
        assert (spell(*first) == spell(*second)) == (first == second)


@settings(deadline=None)
@given(owners)
def test_keys_are_what_a_store_takes(owner: tuple[str, str | None]) -> None:
    """No part of a key is empty, a dot or two, or longer than a file name may be."""
    reference, hirer = owner
    spelled = [
        keys.position(reference, hirer),
        keys.alias("other", reference, reference, hirer),
    ]

    parts = [part for key in spelled for part in key.split("/")]

    assert not {"", ".", ".."} & set(parts)
    assert max(map(len, parts)) <= 255
    assert keys.position(reference, hirer).endswith(f"/{keys.position_name(hirer)}")


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        (ReferenceKind.REFERENCE, " aB  3x ", True),
        (ReferenceKind.REFERENCE, "\uff41B 3x", True),
        (ReferenceKind.REFERENCE, "ab 3x", False),
        (ReferenceKind.REFERENCE, "aB3x", False),
        (ReferenceKind.OTHER, " Other", True),
        (ReferenceKind.OTHER, "other", False),
        (ReferenceKind.PROFILE, "Other", False),
    ],
)
def test_a_spelling_counts_case_and_no_blanks(
    kind: ReferenceKind, typed: str, *, expected: bool
) -> None:
    """Two jobs may differ in nothing but case."""
    position = Position(reference="aB 3x", aliases=Aliases(other=("Other",)))

    assert position.is_spelled(kind, typed) is expected


def test_opened_by_hand_it_is_as_if_it_had_never_been_closed() -> None:
    """The same holds for one that was removed."""
    before = Position(reference="a")
    closed = before.closed(NOW)

    assert closed.opened() == before
    assert before.absent(NOW).opened() == before


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ([], False),
        ([Position(reference="a")], False),
        ([Position(reference="a").removed()], True),
        ([Position(reference="a").absent(NOW)], False),
        ([Position(reference="a").absent(NOW).removed()], True),
        (
            [Position(reference="a").absent(NOW), Position(reference="A").removed()],
            True,
        ),
    ],
)
def test_a_position_is_removed_by_name_where_a_person_or_a_list_said_so(
    positions: list[Position], *, expected: bool
) -> None:
    """One that a feed no longer named may be back by now."""
    assert is_removed_by_name(positions) is expected


@pytest.mark.parametrize(
    ("status", "closed_at", "expected"),
    [
        (PositionStatus.OPEN, EARLIER, None),
        (PositionStatus.CLOSED, None, None),
        (PositionStatus.CLOSED, EARLIER, EARLIER),
        (PositionStatus.REMOVED, EARLIER, EARLIER),
        (PositionStatus.CLOSED, NOW + timedelta(hours=23), NOW),
        (PositionStatus.CLOSED, NOW + timedelta(days=1), None),
    ],
)
def test_a_position_was_closed_by_now_where_that_is_no_plan(
    status: PositionStatus, closed_at: datetime | None, expected: datetime | None
) -> None:
    """Clocks and time zones of others differ by less than a day."""
    position = Position(reference="a", status=status, closed_at=closed_at)

    assert position.closed_by(NOW) == expected
