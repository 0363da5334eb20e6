"""Invented employment, education, licences and skills: a snapshot at apply time."""

from random import Random
from typing import Any

_EMPLOYERS = ("Example Post", "Specimen Freight", "Sample & Söhne", "見本 Logistics")
_TITLES = ("Letter carrier", "Sorting clerk", "Van driver", "Shift lead")
_SCHOOLS = ("University of Examples", "Specimen TAFE", "École fictive")
_DEGREES = ("Bachelor of Examples", "Certificate III in Sampling", "Diplôme inventé")
_LICENCES = ("Forklift licence", "Driver licence (C)", "First aid")
_SKILLS = ("Route planning", "Customer service", "Manual handling", "français")


def career_view(dice: Random) -> dict[str, Any]:
    """Show everything of a profile that a CV tells as well."""
    return {
        "employment": [_employer(dice) for _ in range(dice.randint(0, 3))],
        "education": [_school(dice) for _ in range(dice.randint(0, 2))],
        "certifications": [_licence(dice) for _ in range(dice.randint(0, 2))],
        "qualifications": [
            {"competencyName": name}
            for name in dice.sample(_SKILLS, dice.randint(0, len(_SKILLS)))
        ],
    }


def redacted_career_view() -> dict[str, Any]:
    """Show what is left of it when the application was deleted."""
    lists = ("employment", "education", "certifications", "qualifications")
    return {name: [] for name in lists}


def _employer(dice: Random) -> dict[str, Any]:
    return {
        "organization": {"name": dice.choice(_EMPLOYERS)},
        "positionHistories": [_job(dice) for _ in range(dice.randint(1, 2))],
    }


def _job(dice: Random) -> dict[str, Any]:
    start = dice.randint(2000, 2018)
    current = dice.choice((True, False, None))
    return {
        "title": dice.choice(_TITLES),
        "start": _date(dice, start),
        "end": None if current else _date(dice, start + dice.randint(1, 6)),
        "current": current,
        "descriptions": dice.choice(([], ["Delivered examples.\n • On time"])),
    }


def _school(dice: Random) -> dict[str, Any]:
    granted = dice.random() < 0.8  # noqa: PLR2004 a share, not a meaning
    return {
        "institution": {"name": dice.choice(_SCHOOLS)},
        "descriptions": dice.choice(([], ["With distinction"])),
        "educationDegrees": [
            {
                "name": dice.choice(_DEGREES),
                "date": dice.choice((None, _date(dice, dice.randint(1999, 2020)))),
                "degreeGrantedStatus": "Granted" if granted else "InProgress",
            }
        ],
    }


def _licence(dice: Random) -> dict[str, Any]:
    issued = dice.choice((None, _date(dice, dice.randint(2010, 2022))))
    authority = dice.choice((None, {"name": "Registry of Examples"}))
    return {
        "name": dice.choice(_LICENCES),
        "issued": issued,
        "issueDate": issued,
        "issuingAuthority": authority,
        "effectiveTimePeriod": dice.choice((None, {"validTo": "2031-05"})),
        "descriptions": [],
    }


def _date(dice: Random, year: int) -> str:
    """Return a date as exact as candidates are: a year, a month, or a day."""
    month, day = dice.randint(1, 12), dice.randint(1, 28)
    return dice.choice((f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}"))
