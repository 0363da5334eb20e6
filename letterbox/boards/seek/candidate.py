"""
The candidate, from ``CandidateProfile`` to canonical terms.

https://developer.seek.com/schema/named-type/CandidateProfile
"""

from collections.abc import Iterator

from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.domain.candidate import (
    Address,
    AddressPart,
    AttachmentLink,
    Candidate,
    CandidateSource,
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
from letterbox.domain.submission import Role

_ROLES = {
    "Resume": Role.RESUME,
    "CoverLetter": Role.COVER_LETTER,
    "SelectionCriteria": Role.SELECTION_CRITERIA,
}


def read_candidate(profile: Node, candidate_id: str | None) -> Candidate:
    """Put a profile where the record has a place for it; nothing in it can raise."""
    person = profile.node("candidate", "person")
    contact = person.node("communication")
    emails = (email.text("address") for email in contact.nodes("email"))
    phones = (phone.text("formattedNumber") for phone in contact.nodes("phone"))
    skills = (skill.text("competencyName") for skill in profile.nodes("qualifications"))
    return Candidate(
        person=Person(name=_name(person.node("name"))),
        emails=tuple(Email(address=address) for address in emails if address),
        phones=tuple(Phone(formatted_number=number) for number in phones if number),
        board_id=profile.identifier("candidate", "documentId") or candidate_id,
        addresses=tuple(map(_address, contact.nodes("address"))),
        do_not_contact=contact.flag("seekDoNotContactIndicator"),
        employment=tuple(map(_employer, profile.nodes("employment"))),
        education=tuple(map(_education, profile.nodes("education"))),
        certifications=tuple(map(_certification, profile.nodes("certifications"))),
        skills=tuple(skill for skill in skills if skill),
        sources=tuple(
            CandidateSource(name=source.text("name"), type=source.text("type"))
            for source in profile.nodes("candidateSources")
        ),
        attachment_links=attachments(profile.value),
    )


def _name(name: Node) -> PersonName:
    given, family = name.text("given"), name.text("family")
    joined = joined_name(given, family)
    return PersonName(
        given=given, family=family, formatted=name.text("formattedName") or joined
    )


def _address(address: Node) -> Address:
    return Address(
        formatted=address.text("formattedAddress"),
        line=address.text("line"),
        extended_lines=tuple(_parts(address, "extendedLines")),
        city=address.text("city"),
        subdivisions=tuple(_parts(address, "countrySubDivisions")),
        postal_code=address.text("postalCode"),
        country_code=address.text("countryCode"),
    )


def _parts(address: Node, key: str) -> Iterator[AddressPart]:
    for part in address.nodes(key):
        if value := part.text("value"):
            yield AddressPart(type=part.text("type"), value=value)


def _employer(employer: Node) -> EmployerHistory:
    return EmployerHistory(
        organization=employer.text("organization", "name"),
        positions=tuple(
            PositionHistory(
                title=position.text("title"),
                start=position.text("start"),
                end=position.text("end"),
                current=position.flag("current"),
                descriptions=position.texts("descriptions"),
            )
            for position in employer.nodes("positionHistories")
        ),
    )


def _education(attended: Node) -> EducationAttendance:
    return EducationAttendance(
        institution=attended.text("institution", "name"),
        degrees=tuple(
            EducationDegree(
                name=degree.text("name"),
                date=degree.text("date"),
                status=degree.text("degreeGrantedStatus"),
            )
            for degree in attended.nodes("educationDegrees")
        ),
        descriptions=attended.texts("descriptions"),
    )


def _certification(certification: Node) -> Certification:
    return Certification(
        name=certification.text("name"),
        issued=certification.text("issued"),
        issuing_authority=certification.text("issuingAuthority", "name"),
        valid_to=certification.text("effectiveTimePeriod", "validTo"),
        descriptions=certification.texts("descriptions"),
    )


def attachments(profile: JsonValue) -> tuple[AttachmentLink, ...]:
    """
    List what there is to download; a code that is new or null is another document.

    The addresses are SEEK's word: check their origin before a token goes there.
    https://developer.seek.com/use-cases/application-export/attachments
    """
    return tuple(
        AttachmentLink(
            id=attachment.identifier("id") or url,
            url=url,
            role=_ROLES.get(attachment.text("seekRoleCode") or "", Role.OTHER),
            descriptions=attachment.texts("descriptions"),
        )
        for attachment in Node(profile).nodes("attachments")
        if (url := attachment.text("url"))
    )
