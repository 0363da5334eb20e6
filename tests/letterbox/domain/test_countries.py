"""Countries as ISO 3166-1 assigns them."""

import pytest

from letterbox.domain.countries import ALIASES, ASSIGNED, assigned, may_be_same


def test_the_codes_are_those_that_are_assigned() -> None:
    """As many as the standard has, and none that it only reserves."""
    assert len(ASSIGNED) == 249
    assert not ASSIGNED & ALIASES.keys()
    assert ASSIGNED.issuperset(ALIASES.values())


@pytest.mark.parametrize(
    ("code", "meant"),
    [(" uk", "GB"), ("EL", "GR"), ("gb", "GB"), ("EU", None), ("ZZ", None), ("", None)],
)
def test_usual_aliases_are_understood(code: str, meant: str | None) -> None:
    """In any case; what is no country is none."""
    assert assigned(code) == meant


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("US", "PR", True),
        ("PR", "US", True),
        ("FR", "RE", True),
        ("UK", "JE", True),
        ("PR", "GU", True),
        ("EU", "DE", True),
        ("XK", "RS", True),
        ("DE", "FR", False),
        ("NZ", "AU", False),
    ],
)
def test_a_territory_and_its_state_may_be_meant_by_each_other(
    one: str, other: str, *, same: bool
) -> None:
    """And what is no country may be anywhere."""
    assert may_be_same(one, other) is same
