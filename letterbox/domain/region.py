"""Whether a candidate is where the position wants candidates to be."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from letterbox.domain.countries import may_be_same


class RegionPolicy(StrEnum):
    """What to do with a candidate who is clearly outside the position's countries."""

    ACCEPT = "accept"
    FLAG = "flag"
    REFUSE = "refuse"


class Country(BaseModel):
    """A country that a database gave for an address."""

    model_config = ConfigDict(frozen=True)

    code: str
    database_built: datetime


class Locator(Protocol):
    """The countries of IP addresses."""

    def country(self, address: str) -> Country | None:
        """Look an address up; None where it is absent, malformed, private, unknown."""


class NullLocator:
    """The ``Locator`` where no database is configured."""

    def country(self, address: str) -> Country | None:  # noqa: ARG002 the port's
        """Return None: nothing is known."""
        return None


class RegionFinding(BaseModel):
    """Why a candidate's region was taken as it was; kept with the application."""

    model_config = ConfigDict(frozen=True)

    reason: str
    elsewhere: bool
    country: str | None = None
    accepted_countries: tuple[str, ...] = ()
    database_built: datetime | None = None


def judge_region(
    country: Country | None, accepted: Sequence[str] | None
) -> RegionFinding | None:
    """Compare countries; None where the position names none. Doubt is in favour."""
    if not accepted:
        return None
    named = tuple(sorted(code.upper() for code in accepted))
    if country is None:
        return RegionFinding(
            reason="country-unknown", elsewhere=False, accepted_countries=named
        )
    elsewhere = not any(may_be_same(country.code, code) for code in named)
    return RegionFinding(
        reason="country-elsewhere" if elsewhere else "country-accepted",
        elsewhere=elsewhere,
        country=country.code,
        accepted_countries=named,
        database_built=country.database_built,
    )
