"""Candidates are only ever refused where there is no doubt."""

from datetime import UTC, datetime

import pytest

from letterbox.domain.positions import (
    Admission,
    Position,
    PositionStatus,
    accepted_countries,
    admission,
)
from letterbox.domain.region import Country, judge_region

BUILT = datetime(2026, 1, 1, tzinfo=UTC)


def position(status: PositionStatus, *countries: str) -> Position:
    """Make a position that names countries, or none."""
    return Position(reference="r", status=status, countries=countries or None)


@pytest.mark.parametrize(
    ("country", "reason", "elsewhere"),
    [
        (None, "country-unknown", False),
        (Country(code="NZ", database_built=BUILT), "country-accepted", False),
        (Country(code="nz", database_built=BUILT), "country-accepted", False),
        (Country(code="DE", database_built=BUILT), "country-elsewhere", True),
    ],
)
def test_a_country_is_compared_and_doubt_is_in_favour(
    country: Country | None, reason: str, *, elsewhere: bool
) -> None:
    """The reason is kept with the application."""
    finding = judge_region(country, ["nz", "AU"])

    assert finding is not None
    assert (finding.reason, finding.elsewhere) == (reason, elsewhere)
    assert finding.accepted_countries == ("AU", "NZ")
    assert finding.country == (country and country.code)
    assert finding.database_built == (country and BUILT)


@pytest.mark.parametrize("countries", [None, ()])
def test_a_position_without_countries_takes_everyone(
    countries: tuple[str, ...] | None,
) -> None:
    """Where no country is named, no country is judged."""
    assert judge_region(Country(code="DE", database_built=BUILT), countries) is None


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], Admission.UNKNOWN),
        ([PositionStatus.REMOVED], Admission.UNKNOWN),
        ([PositionStatus.REMOVED, PositionStatus.CLOSED], Admission.CLOSED),
        ([PositionStatus.CLOSED, PositionStatus.OPEN], Admission.OPEN),
    ],
)
def test_one_open_position_of_a_name_is_enough(
    statuses: list[PositionStatus], expected: Admission
) -> None:
    """Several hirers may use one reference."""
    assert admission([position(status) for status in statuses]) is expected


def test_any_country_will_do_where_one_open_position_says_so() -> None:
    """The countries of a closed position do not count."""
    strict = position(PositionStatus.OPEN, "NZ")
    closed = position(PositionStatus.CLOSED, "DE")
    free = position(PositionStatus.OPEN)

    assert accepted_countries([strict, closed]) == ("NZ",)
    assert accepted_countries([strict, free]) is None
