"""Which position an application is for, and when a person must look."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letterbox.domain.errors import RefusedError
from letterbox.domain.matching import Find, Match, References, choose, match
from letterbox.domain.positions import (
    Aliases,
    Position,
    PositionStatus,
    ReferenceKind,
    normalise,
)

BY_REFERENCE = Position(reference="R", title="by reference")
BY_PROFILE = Position(reference="x1", aliases=Aliases(profile=("P",)))
BY_OPENING = Position(reference="x2", aliases=Aliases(opening=("O",)))
BY_ALIAS = Position(reference="x3", aliases=Aliases(other=("A",)))
ALL = [BY_REFERENCE, BY_PROFILE, BY_OPENING, BY_ALIAS]


def catalogue(positions: Sequence[Position]) -> Find:
    """Find among some positions as the catalogue does."""

    def find(kind: ReferenceKind, reference: str) -> list[Position]:
        return [one for one in positions if normalise(reference) in one.names(kind)]

    return find


@pytest.mark.parametrize(
    ("references", "position", "kind"),
    [
        (References(profile="p"), BY_PROFILE, ReferenceKind.PROFILE),
        (References(openings=("o",)), BY_OPENING, ReferenceKind.OPENING),
        (References(job_reference=" r "), BY_REFERENCE, ReferenceKind.REFERENCE),
        (References(job_reference="a"), BY_ALIAS, ReferenceKind.OTHER),
        (
            References(profile="p", openings=("o",), job_reference="r"),
            BY_PROFILE,
            ReferenceKind.PROFILE,
        ),
        (
            References(profile="unheard", openings=("o",), job_reference="r"),
            BY_OPENING,
            ReferenceKind.OPENING,
        ),
        (
            References(profile="unheard", openings=("nor", "this"), job_reference="r"),
            BY_REFERENCE,
            ReferenceKind.REFERENCE,
        ),
        (References(openings=("nor", "o")), BY_OPENING, ReferenceKind.OPENING),
    ],
)
def test_the_surest_name_that_hits_decides(
    references: References, position: Position, kind: ReferenceKind
) -> None:
    """The order is profile, opening, reference, alias."""
    found = match(references, catalogue(ALL))

    assert found == Match(position=position, matched_by=kind)


@pytest.mark.parametrize(
    ("references", "reason"),
    [
        (References(job_reference="unheard"), "unknown-reference"),
        (References(job_reference="P"), "unknown-reference"),
        (References(job_reference="x", posted_by_us=True), "unknown-reference"),
        (References(), "no-reference"),
        (References(profile="unheard", openings=("of",)), "no-reference"),
        (References(posted_by_us=False), "no-reference"),
        (References(posted_by_us=True), "posted-by-us-without-reference"),
    ],
)
def test_without_a_hit_the_reason_is_told(references: References, reason: str) -> None:
    """A person who triages learns why nothing fits."""
    assert match(references, catalogue(ALL)) == Match(triage=reason)


def test_two_positions_of_one_name_are_ambiguous() -> None:
    """No weaker name decides between two that a surer one hits."""
    twins = [
        Position(reference="R", hirer="acme"),
        Position(reference="r", hirer="other"),
        Position(reference="z", aliases=Aliases(other=("R",))),
    ]

    found = match(References(job_reference="R"), catalogue(twins))

    assert found == Match(triage="ambiguous")


def test_one_position_under_two_names_is_one() -> None:
    """Several openings of one position do not make it ambiguous."""
    position = Position(reference="r", aliases=Aliases(opening=("o1", "o2")))

    found = match(References(openings=("o1", "o2")), catalogue([position]))

    assert found.position == position


@pytest.mark.parametrize(
    ("applied_to", "offered_by", "matches"),
    [
        ("acme", "acme", True),
        ("acme", None, True),
        (None, "acme", True),
        (None, None, True),
        ("acme", "other", False),
        ("acme", "ACME", False),
    ],
)
def test_positions_of_another_hirer_are_not_seen(
    applied_to: str | None, offered_by: str | None, *, matches: bool
) -> None:
    """A reference counts within its hirer; who is unknown may be any."""
    position = Position(reference="R", hirer=offered_by)

    found = match(
        References(hirer=applied_to, job_reference="R"), catalogue([position])
    )

    assert (found.position == position) is matches


@pytest.mark.parametrize("status", PositionStatus)
def test_a_closed_or_removed_position_still_matches(status: PositionStatus) -> None:
    """Who applied in time is for that position, whatever became of it."""
    position = Position(reference="R", status=status)

    assert match(References(job_reference="R"), catalogue([position])).position


few = st.sampled_from(["a", "A", " b", "b", "c"])
hirers = st.none() | st.sampled_from(["x", "y"])


@settings(deadline=None)
@given(
    references=st.builds(
        References,
        hirer=hirers,
        profile=st.none() | few,
        openings=st.lists(few, max_size=3).map(tuple),
        job_reference=st.none() | few,
        posted_by_us=st.none() | st.booleans(),
    ),
    positions=st.lists(
        st.builds(
            Position,
            reference=few,
            hirer=hirers,
            aliases=st.builds(
                Aliases,
                profile=st.lists(few, max_size=2).map(tuple),
                opening=st.lists(few, max_size=2).map(tuple),
                other=st.lists(few, max_size=2).map(tuple),
            ),
        ),
        max_size=5,
        unique_by=lambda one: (normalise(one.reference), one.hirer),
    ),
)
def test_it_is_one_position_or_a_reason(
    references: References, positions: list[Position]
) -> None:
    """Never both, never neither; the order of the catalogue does not matter."""
    found = match(references, catalogue(positions))

    assert (found.position is None) == (found.triage is not None)
    assert (found.position is None) == (found.matched_by is None)
    assert found == match(references, catalogue(positions[::-1]))
    if found.position and references.hirer and found.position.hirer:
        assert found.position.hirer == references.hirer


@pytest.mark.parametrize(
    ("first", "second", "matched"),
    [
        ("removed", "open", "alias"),
        ("removed", "closed", "alias"),
        ("closed", "open", "alias"),
        ("open", "open", "reference"),
        ("closed", "removed", "reference"),
        ("removed", "removed", "reference"),
    ],
)
def test_of_one_name_an_open_position_wins_over_a_closed_and_that_over_a_removed(
    first: str, second: str, matched: str
) -> None:
    """A job that got a reference beside its id is found by both."""
    by_reference = Position(reference="1", status=PositionStatus(first))
    by_alias = Position(
        reference="R1", status=PositionStatus(second), aliases=Aliases(other=("1",))
    )

    found = match(References(job_reference="1"), catalogue([by_reference, by_alias]))

    assert found.position == (by_alias if matched == "alias" else by_reference)


def test_two_ads_of_one_position_and_a_removed_one_are_not_ambiguous() -> None:
    """What is open is meant."""
    gone = Position(
        reference="a", status=PositionStatus.REMOVED, aliases=Aliases(profile=("P",))
    )
    new = Position(reference="b", aliases=Aliases(profile=("P",)))

    assert match(References(profile="p"), catalogue([gone, new])).position == new


OURS = Position(reference="R", title="ours", hirer="ours")
THEIRS = Position(reference="R", title="theirs", hirer="theirs")
CLOSED = Position(reference="R", title="closed", status=PositionStatus.CLOSED)


@pytest.mark.parametrize(
    ("positions", "hirer", "chosen"),
    [
        ([BY_REFERENCE], "ours", BY_REFERENCE),
        ([OURS], None, OURS),
        ([OURS, THEIRS], "theirs", THEIRS),
    ],
)
def test_a_person_chooses_the_one_open_position_of_the_hirer(
    positions: list[Position], hirer: str | None, chosen: Position
) -> None:
    """A position without a hirer is anybody's."""
    assert choose(positions, hirer) == chosen


@pytest.mark.parametrize(
    ("positions", "hirer", "reason"),
    [
        ([], None, "no such position in the catalogue"),
        ([OURS], "theirs", "no such position of this hirer in the catalogue"),
        ([OURS, THEIRS], None, "several hirers"),
        ([CLOSED], None, "the position is closed: open it first"),
    ],
)
def test_a_choice_that_is_not_one_open_position_is_refused_with_the_reason(
    positions: list[Position], hirer: str | None, reason: str
) -> None:
    """The person who chose reads what to do."""
    with pytest.raises(RefusedError, match=reason):
        choose(positions, hirer)
