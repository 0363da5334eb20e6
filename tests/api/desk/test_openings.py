"""Which open positions are suggested for an application in triage."""

import threading

import pytest

from api.desk.openings import Openings, similar
from letterbox.domain.advertisement import PositionProfile
from letterbox.domain.application import Application, PositionOpening
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.operators import UNNAMED, Operator, OperatorRole
from letterbox.domain.positions import Aliases, Position
from tests.record_factory import record

POSITIONS = [
    Position(reference="DEV-17", title="Senior developer", hirer="acme"),
    Position(reference="20240107-123456", title="Letter carrier"),
    Position(
        reference="X-9",
        title="Nurse",
        hirer="other",
        aliases=Aliases(other=("ward-7",)),
    ),
    Position(reference="Q", title=""),
]


def asking_for(reference: str | None, title: str | None = None) -> Application:
    """Have an application in triage, for what a board calls a position."""
    made = record("seek:1", position=PositionOpening())
    source = made.source.model_copy(
        update={
            "job_reference": reference,
            "position_profile": PositionProfile(title=title) if title else None,
        }
    )
    return made.model_copy(update={"source": source})


@pytest.mark.parametrize(
    ("reference", "title", "first"),
    [
        ("dev 17", None, "DEV-17"),
        ("DEV17", None, "DEV-17"),
        ("20240107-123465", None, "20240107-123456"),
        (None, "Developer, senior", "DEV-17"),
        ("letter-carrier", None, "20240107-123456"),
        ("WARD 7", None, "X-9"),
        ("unknown", "Registered nurse", "X-9"),
    ],
)
def test_the_most_similar_position_comes_first(
    reference: str | None, title: str | None, first: str
) -> None:
    """By its reference, its other names or its title, however they are written."""
    found = similar(asking_for(reference, title), POSITIONS)

    assert found[0].position.reference == first
    assert [one.score for one in found] == sorted(
        (one.score for one in found), reverse=True
    )
    assert all(45 <= one.score <= 100 for one in found)


@pytest.mark.parametrize("reference", [None, "", "%%%", "zzzzzz"])
def test_what_is_like_nothing_suggests_nothing(reference: str | None) -> None:
    """A wrong suggestion is worse than none."""
    assert similar(asking_for(reference), POSITIONS) == []


def test_eight_are_enough_for_a_page() -> None:
    """However many go by almost the same name."""
    many = [Position(reference=f"DEV-{number}") for number in range(100)]

    found = similar(asking_for("DEV-17"), many)

    assert len(found) == 8
    assert found[0].position.reference == "DEV-17"


async def test_an_operator_is_suggested_positions_of_their_hirers() -> None:
    """And those that belong to every hirer."""
    openings = Openings(lambda: POSITIONS)
    limited = Operator("ats", OperatorRole.TRIAGE, frozenset({"other"}))
    wanted = asking_for("DEV-17", "Letter carrier")

    everything = await openings.suggestions(wanted, UNNAMED, 10)
    theirs = await openings.suggestions(wanted, limited, 10)

    assert everything
    assert theirs
    assert {one.position.hirer for one in everything} >= {"acme", None}
    assert {one.position.hirer for one in theirs} <= {"other", None}
    assert theirs[0].position.reference == "20240107-123456"


async def test_a_catalogue_that_hangs_keeps_no_page_waiting() -> None:
    """Nor does one that cannot be read; once it was, it is kept for a minute."""
    may_go_on, reads = threading.Event(), []

    def load() -> list[Position]:
        may_go_on.wait(30)
        reads.append(1)
        if len(reads) == 1:
            raise StoreUnavailableError("away")
        return POSITIONS

    openings = Openings(load)
    wanted = asking_for("DEV-17")
    assert await openings.suggestions(wanted, UNNAMED, 0.05) is None
    may_go_on.set()
    assert await openings.suggestions(wanted, UNNAMED, 10) is None

    assert await openings.suggestions(wanted, UNNAMED, 10)
    assert await openings.suggestions(wanted, UNNAMED, 10)
    assert len(reads) == 2
