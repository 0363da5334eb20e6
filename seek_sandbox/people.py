"""Invented people, as a SEEK account shows them."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from seek_sandbox.ids import Ids

_GIVEN = (
    *("Ella", "Oliver", "Priya", "Zoë", "Nguyễn", "Mere", "Björn", "Fátima"),
    *("Łukasz", "Aroha", "Siobhán", "Kai", "Ines", "Tomáš", "愛", "Ama"),
)
_FAMILY = (
    *("Greenholt", "O'Example", "Sample-Jones", "Müller", "Invented", "Specimen"),
    *("Nobody", "Mustermann", "Placeholder", "Testcase", "Fabricated", "見本"),
)
# Numbers that the Australian regulator keeps free for fiction.
_PHONES = ("0491 570 006", "0491 570 156", "0491 570 157", "0491 570 158")
_PLACES = (
    ("Melbourne", "VIC", "3000", "AU"),
    ("Sydney", "NSW", "2000", "AU"),
    ("Perth", "WA", "6000", "AU"),
    ("Wellington", None, "6011", "NZ"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    given: str
    family: str | None
    email: str
    phone: str | None
    place: tuple[str, str | None, str, str] | None
    street: str | None

    @property
    def formatted(self) -> str:
        """Return the whole name."""
        return " ".join(part for part in (self.given, self.family) if part)


def invent_person(ids: Ids, number: int) -> Person:
    """Invent a person; only a name and an address for mail are sure to be there."""
    dice = ids.dice("person", number)
    # The first is complete, and plain: it is the one that a newcomer sees.
    first = number == 0
    given = _GIVEN[0] if first else dice.choice(_GIVEN)
    family = _FAMILY[0] if first else dice.choice(_FAMILY)

    def has(share: float) -> bool:
        return dice.random() < share or first

    return Person(
        given=given,
        family=family if has(0.95) else None,
        email=f"{_plain(given)}.{_plain(family)}.{number}@example.com",
        phone=dice.choice(_PHONES) if has(0.8) else None,
        place=dice.choice(_PLACES) if has(0.7) else None,
        street=f"{dice.randint(1, 99)} Example Street" if has(0.5) else None,
    )


def person_view(person: Person) -> dict[str, Any]:
    """Show a person as ``CandidatePerson``."""
    return {
        "name": {
            "formattedName": person.formatted,
            "given": person.given,
            "family": person.family,
        },
        "communication": {
            "email": [{"address": person.email}],
            "phone": [{"formattedNumber": person.phone}] if person.phone else [],
            "address": [_address_view(person)] if person.place else [],
        },
    }


def redacted_person_view() -> dict[str, Any]:
    """Show a person whose account or application was deleted."""
    return {
        "name": {"formattedName": "redacted", "given": "redacted", "family": None},
        "communication": {"email": [], "phone": [], "address": []},
    }


def _address_view(person: Person) -> dict[str, Any]:
    city, state, postal_code, country = person.place or ("", None, "", "")
    parts = (person.street, city, state, postal_code)
    return {
        "formattedAddress": ", ".join(part for part in parts if part),
        "line": person.street,
        "city": city,
        "postalCode": postal_code,
        "countryCode": country,
        "countrySubDivisions": [{"type": "State", "value": state}] if state else [],
        "extendedLines": [],
    }


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(
        letter for letter in decomposed if letter.isascii() and letter.isalpha()
    )
    return letters.lower() or "someone"
