"""A record in forms that other programs read: HR Open and JSON Resume. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from letterbox.domain.application import Application
from letterbox.domain.candidate import (
    Address,
    Candidate,
    Certification,
    EducationAttendance,
    EmployerHistory,
)

_JSON_RESUME = (
    "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
)
_DATE = re.compile(r"[12]\d{3}(-[01]\d(-[0-3]\d)?)?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_OURS = "Letterbox"


class Form(StrEnum):
    """What a record can be read as."""

    HR_OPEN = "hr-open"
    """https://www.hropenstandards.org, Candidate of version 4."""
    JSON_RESUME = "json-resume"
    """https://jsonresume.org, version 1."""


MEDIA_TYPES = {
    Form.HR_OPEN: "application/vnd.hr-open.candidate+json",
    Form.JSON_RESUME: "application/resume+json",
}


def in_form(record: Application, form: Form) -> dict[str, Any]:
    """Return the candidate of a record; what a form has no place for is left out."""
    made = _hr_open(record) if form is Form.HR_OPEN else _json_resume(record)
    return _filled(made) or {}


def _hr_open(record: Application) -> dict[str, Any]:
    return {
        "documentId": {"value": record.id, "schemeId": _OURS},
        "person": _hr_open_person(record),
        "profiles": [_hr_open_profile(record)],
    }


def _hr_open_person(record: Application) -> dict[str, Any]:
    candidate = record.candidate
    name = candidate.person.name
    return {
        "id": {"value": candidate.board_id, "schemeId": record.source.board}
        if candidate.board_id
        else None,
        "name": {
            "formattedName": name.formatted,
            "given": name.given,
            "family": name.family,
        },
        "communication": {
            "address": [_hr_open_address(one) for one in candidate.addresses],
            "phone": [
                {"formattedNumber": one.formatted_number} for one in candidate.phones
            ],
            "email": [{"address": one.address} for one in candidate.emails],
        },
    }


def _hr_open_profile(record: Application) -> dict[str, Any]:
    candidate, position, board = record.candidate, record.position, record.source.board
    return {
        "profileId": {"value": record.source.board_id, "schemeId": board},
        "associatedPositionOpenings": [
            {
                "positionOpeningId": {"value": position.reference},
                "positionTitle": position.title,
                "candidateAppliedDate": record.applied_at.isoformat(),
            }
        ],
        "employment": list(map(_hr_open_employer, candidate.employment)),
        "education": list(map(_hr_open_education, candidate.education)),
        "certifications": list(map(_hr_open_certification, candidate.certifications)),
        "qualifications": [{"competencyName": skill} for skill in candidate.skills],
        "attachments": list(_hr_open_attachments(record)),
        "candidateSources": [
            {"name": one.name, "type": one.type} for one in candidate.sources
        ]
        or [{"name": board}],
    }


def _hr_open_address(address: Address) -> dict[str, Any]:
    return {
        "formattedAddress": address.formatted,
        "line": address.line,
        "extendedLines": [part.model_dump() for part in address.extended_lines],
        "city": address.city,
        "countrySubDivisions": [part.model_dump() for part in address.subdivisions],
        "postalCode": address.postal_code,
        "countryCode": address.country_code,
    }


def _hr_open_employer(employer: EmployerHistory) -> dict[str, Any]:
    return {
        "organization": {"name": employer.organization},
        "positionHistories": [
            {**position.model_dump(), "descriptions": list(position.descriptions)}
            for position in employer.positions
        ],
    }


def _hr_open_education(attended: EducationAttendance) -> dict[str, Any]:
    return {
        "institution": {"name": attended.institution},
        "educationDegrees": [
            {
                "name": degree.name,
                "date": degree.date,
                "degreeGrantedStatus": degree.status,
            }
            for degree in attended.degrees
        ],
        "descriptions": list(attended.descriptions),
    }


def _hr_open_certification(certification: Certification) -> dict[str, Any]:
    return {
        "name": certification.name,
        "issued": certification.issued,
        "issuingAuthority": {"name": certification.issuing_authority},
        "effectiveTimePeriod": {"validTo": certification.valid_to},
        "descriptions": list(certification.descriptions),
    }


def _hr_open_attachments(record: Application) -> Iterator[dict[str, Any]]:
    """Name the documents, by their addresses in the operator API."""
    for attachment in record.attachments:
        if attachment.name:
            path = f"/applications/{quote(record.id, safe='')}/documents/"
            yield {
                "id": {"value": attachment.name, "schemeId": _OURS},
                "url": f"{path}{attachment.name}",
                "descriptions": [attachment.role.value],
            }


def _json_resume(record: Application) -> dict[str, Any]:
    candidate = record.candidate
    emails = [one.address for one in candidate.emails if _EMAIL.fullmatch(one.address)]
    return {
        "$schema": _JSON_RESUME,
        "basics": {
            "name": candidate.person.name.formatted,
            "email": next(iter(emails), None),
            "phone": next((one.formatted_number for one in candidate.phones), None),
            "location": next(map(_json_resume_location, candidate.addresses), None),
        },
        "work": _json_resume_work(candidate),
        "education": _json_resume_education(candidate),
        "certificates": [
            {
                "name": one.name,
                "date": _date(one.issued),
                "issuer": one.issuing_authority,
            }
            for one in candidate.certifications
        ],
        "skills": [{"name": skill} for skill in candidate.skills],
        "meta": {"version": "v1.0.0"},
    }


def _json_resume_work(candidate: Candidate) -> list[dict[str, Any]]:
    return [
        {
            "name": employer.organization,
            "position": position.title,
            "startDate": _date(position.start),
            "endDate": _date(position.end),
            "summary": "\n".join(position.descriptions),
        }
        for employer in candidate.employment
        for position in employer.positions
    ]


def _json_resume_education(candidate: Candidate) -> list[dict[str, Any]]:
    return [
        {
            "institution": attended.institution,
            "studyType": degree.name,
            "endDate": _date(degree.date),
        }
        for attended in candidate.education
        for degree in attended.degrees
    ]


def _json_resume_location(address: Address) -> dict[str, Any]:
    region = (part.value for part in address.subdivisions)
    return {
        "address": address.formatted or address.line,
        "postalCode": address.postal_code,
        "city": address.city,
        "countryCode": address.country_code,
        "region": next(region, None),
    }


def _date(text: str | None) -> str | None:
    """Return a date as the form wants it; boards promise no form of their dates."""
    return text if text and _DATE.fullmatch(text) else None


def _filled(value: Any) -> Any:
    """Leave out what is empty: the forms have no nulls."""
    if isinstance(value, dict):
        filled = {name: _filled(inner) for name, inner in value.items()}
        return {name: inner for name, inner in filled.items() if inner is not None} or (
            None
        )
    if isinstance(value, list | tuple):
        return [inner for inner in map(_filled, value) if inner is not None] or None
    return None if value in {None, ""} else value
