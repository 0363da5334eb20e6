"""
The candidate: an applicant's own words, and an Indeed Resume where one came.

https://docs.indeed.com/indeed-apply/application-data
"""

from collections.abc import Iterator

from letterbox.boards.node import Node
from letterbox.domain.candidate import (
    Address,
    Candidate,
    Certification,
    EducationAttendance,
    EducationDegree,
    Email,
    EmployerHistory,
    Person,
    PersonName,
    Phone,
    PositionHistory,
    joined_name,
)

_NONE = "-1"
"""What Indeed writes for a month or a year that was not told."""


def read_candidate(applicant: Node) -> Candidate:
    """
    Put an applicant where the record has a place for it; nothing in it can raise.

    ``emailAlias`` is Indeed's own forwarding address, another for each application:
    it tells nobody from anybody.
    """
    resume = applicant.node("resume", "json")
    email, phone = applicant.text("email"), applicant.word("phoneNumber")
    return Candidate(
        person=Person(name=_name(applicant)),
        emails=(Email(address=email),) if email else (),
        phones=(Phone(formatted_number=phone),) if phone else (),
        addresses=tuple(_addresses(applicant, resume)),
        employment=tuple(map(_employer, _values(resume, "positions"))),
        education=tuple(map(_education, _values(resume, "educations"))),
        certifications=tuple(map(_certification, _values(resume, "certifications"))),
        skills=resume.listed("skills"),
    )


def _name(applicant: Node) -> PersonName:
    given, family = applicant.text("firstName"), applicant.text("lastName")
    joined = joined_name(given, family)
    formatted = applicant.text("fullName") or joined
    return PersonName(given=given, family=family, formatted=formatted)


def _addresses(applicant: Node, resume: Node) -> Iterator[Address]:
    location, of_resume = applicant.node("location"), resume.node("location")
    country = location.text("country")
    city = location.text("city") or of_resume.text("city") or applicant.text("city")
    postal_code = of_resume.word("postalcode")
    if city or country or postal_code:
        yield Address(city=city, postal_code=postal_code, country_code=country)


def _values(resume: Node, name: str) -> Iterator[Node]:
    """Go through one of the lists, each in an object beside its length."""
    return resume.nodes(name, "values")


def _employer(position: Node) -> EmployerHistory:
    return EmployerHistory(
        organization=position.text("company"),
        positions=(
            PositionHistory(
                title=position.text("title"),
                start=_date(position, "start"),
                end=_date(position, "end"),
                current=position.flag("endCurrent"),
                descriptions=position.listed("description"),
            ),
        ),
    )


def _education(attended: Node) -> EducationAttendance:
    parts = (attended.text("degree"), attended.text("field"))
    degree = EducationDegree(
        name=", ".join(part for part in parts if part) or None,
        date=_date(attended, "end"),
        status="InProgress" if attended.flag("endCurrent") else None,
    )
    return EducationAttendance(
        institution=attended.text("school"),
        degrees=(degree,) if degree != EducationDegree() else (),
        descriptions=attended.listed("description"),
    )


def _certification(certified: Node) -> Certification:
    return Certification(
        name=certified.text("title"),
        issued=_date(certified, "start"),
        valid_to=_date(certified, "end"),
        descriptions=certified.listed("description"),
    )


def _date(node: Node, name: str) -> str | None:
    """Write a year and its month as one, if they were told; or a date as it is."""
    year, month = node.word(f"{name}DateYear"), node.word(f"{name}DateMonth")
    if year is None or year == _NONE:
        return node.word(f"{name}Date")
    has_month = month is not None and month != _NONE
    return f"{year}-{month.zfill(2)}" if month and has_month else year
