"""The candidate: who applied, and the profile that ZipRecruiter has of them."""

from collections.abc import Iterator

from letterbox.boards.node import Node
from letterbox.domain.candidate import (
    Address,
    AddressPart,
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


def read_candidate(said: Node) -> Candidate:
    """
    Put an applicant where the record has a place for it; nothing in it can raise.

    The lists of the profile are public, and what their entries hold is not: the usual
    names are read, and every entry is whole in the source.
    """
    profile = said.node("profile")
    phones = dict.fromkeys(filter(None, (said.word("phone"), profile.word("mobile"))))
    email = said.text("email")
    certified = profile.nodes("license_certification_records")
    return Candidate(
        person=Person(name=_name(said)),
        emails=(Email(address=email),) if email else (),
        phones=tuple(Phone(formatted_number=number) for number in phones),
        addresses=tuple(_addresses(profile)),
        employment=tuple(map(_employer, profile.nodes("job_records"))),
        education=tuple(map(_education, profile.nodes("education_records"))),
        certifications=tuple(map(_certification, certified)),
    )


def _name(said: Node) -> PersonName:
    given, family = said.text("first_name"), said.text("last_name")
    joined = joined_name(given, family)
    return PersonName(given=given, family=family, formatted=said.text("name") or joined)


def _addresses(profile: Node) -> Iterator[Address]:
    city, state = profile.text("city"), profile.text("state")
    postal_code = profile.word("postal_code")
    if city or state or postal_code:
        yield Address(
            city=city,
            subdivisions=(AddressPart(type="State", value=state),) if state else (),
            postal_code=postal_code,
        )


def _employer(job: Node) -> EmployerHistory:
    position = PositionHistory(
        title=_first(job, "title", "job_title", "position"),
        start=_first(job, "start_date", "start", "from"),
        end=_first(job, "end_date", "end", "to"),
        current=job.flag("current") or job.flag("is_current"),
        descriptions=job.listed("description"),
    )
    return EmployerHistory(
        organization=_first(job, "company", "company_name", "employer", "organization"),
        positions=(position,),
    )


def _education(attended: Node) -> EducationAttendance:
    parts = (
        _first(attended, "degree", "degree_name"),
        _first(attended, "major", "field_of_study", "field"),
    )
    degree = EducationDegree(
        name=", ".join(part for part in parts if part) or None,
        date=_first(attended, "graduation_date", "end_date", "end", "date"),
    )
    return EducationAttendance(
        institution=_first(attended, "school", "school_name", "institution"),
        degrees=(degree,) if degree != EducationDegree() else (),
        descriptions=attended.listed("description"),
    )


def _certification(certified: Node) -> Certification:
    return Certification(
        name=_first(certified, "name", "title"),
        issued=_first(certified, "issue_date", "start_date", "date"),
        issuing_authority=_first(certified, "authority", "issuer", "organization"),
        valid_to=_first(certified, "expiration_date", "end_date"),
        descriptions=certified.listed("description"),
    )


def _first(node: Node, *names: str) -> str | None:
    return next(filter(None, map(node.word, names)), None)
