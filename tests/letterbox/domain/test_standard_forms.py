"""HR Open and JSON Resume, made of a record."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from letterbox.domain.application import Application
from letterbox.domain.candidate import (
    Address,
    AddressPart,
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
)
from letterbox.domain.standard_forms import Form, in_form
from tests.golden_files import assert_golden
from tests.record_factory import attachment, record

_SAMPLES = Path(__file__).parents[2] / "samples"
_SCHEMA = json.loads((_SAMPLES / "json-resume" / "schema.json").read_text())
_VALIDATOR = Draft7Validator(_SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
_RECORDS = sorted((_SAMPLES / "records").glob("*.json"))
NAME = f"{'a' * 64}.pdf"
WORDS = st.text(max_size=12)
ADA = Candidate(
    person=Person(
        name=PersonName(given="Ada", family="Example", formatted="Ada Example")
    ),
    emails=(Email(address="no address"), Email(address="ada@example.com")),
    phones=(Phone(formatted_number="(212) 555-1234"),),
    addresses=(
        Address(
            line="1 Invented Street",
            city="Nowhere",
            country_code="AU",
            subdivisions=(AddressPart(type="State", value="VIC"),),
        ),
    ),
    employment=(
        EmployerHistory(
            organization="Example Post",
            positions=(
                PositionHistory(
                    title="Letter carrier",
                    start="2019-03",
                    end="last spring",
                    descriptions=("Rural rounds",),
                ),
            ),
        ),
    ),
    education=(
        EducationAttendance(
            institution="Example School",
            degrees=(EducationDegree(name="Sorting", date="2018", status="Granted"),),
        ),
    ),
    certifications=(Certification(name="Bicycle", issued="2020-01-02"),),
    skills=("walking",),
)


def of(candidate: Candidate) -> Application:
    """Have a record of a candidate, with a CV."""
    made = record("seek:1/2", attachment(NAME))
    return made.model_copy(update={"candidate": candidate})


@pytest.mark.parametrize("form", Form)
def test_a_form_has_all_that_a_record_has(form: Form) -> None:
    """It is compared whole with ``tests/samples/forms/``: names are the standard's."""
    degree = EducationDegree(name="BSc", date="2018-06-30", status="InProgress")
    licence = Certification(
        name="Bicycle",
        issued="2020-01-02",
        issuing_authority="Example Roads",
        valid_to="2030-01-02",
        descriptions=("With a trailer",),
    )
    whole = ADA.model_copy(
        update={
            "addresses": (
                ADA.addresses[0].model_copy(
                    update={"postal_code": "3000", "formatted": "1 Invented Street"}
                ),
            ),
            "education": (
                *ADA.education,
                EducationAttendance(
                    institution="Example College",
                    degrees=(degree,),
                    descriptions=("By post",),
                ),
            ),
            "employment": (
                *ADA.employment,
                EmployerHistory(
                    organization="Example Rail",
                    positions=(
                        PositionHistory(
                            title="Driver", start="2020", end="2021-03", current=False
                        ),
                        PositionHistory(title="Guard", start="2021", current=True),
                    ),
                ),
            ),
            "certifications": (licence,),
            "sources": (CandidateSource(name="Example Board", type="ad"),),
        }
    )

    assert_golden(_SAMPLES / "forms" / f"{form}.json", in_form(of(whole), form))


def test_a_json_resume_says_what_the_record_says() -> None:
    """But for a date that is none, and an address that is none."""
    resume = in_form(of(ADA), Form.JSON_RESUME)

    _VALIDATOR.validate(resume)
    assert resume["basics"] == {
        "name": "Ada Example",
        "email": "ada@example.com",
        "phone": "(212) 555-1234",
        "location": {
            "address": "1 Invented Street",
            "city": "Nowhere",
            "countryCode": "AU",
            "region": "VIC",
        },
    }
    assert resume["work"] == [
        {
            "name": "Example Post",
            "position": "Letter carrier",
            "startDate": "2019-03",
            "summary": "Rural rounds",
        }
    ]
    assert resume["education"] == [
        {"institution": "Example School", "studyType": "Sorting", "endDate": "2018"}
    ]
    assert resume["certificates"] == [{"name": "Bicycle", "date": "2020-01-02"}]
    assert resume["skills"] == [{"name": "walking"}]


def test_a_candidate_of_hr_open_says_what_the_record_says() -> None:
    """In the words of the standard, which are those that SEEK sends us."""
    candidate = in_form(of(ADA), Form.HR_OPEN)

    person, (profile,) = candidate["person"], candidate["profiles"]
    assert candidate["documentId"] == {"value": "seek:1/2", "schemeId": "Letterbox"}
    assert person["name"] == {
        "formattedName": "Ada Example",
        "given": "Ada",
        "family": "Example",
    }
    assert person["communication"] == {
        "address": [
            {
                "line": "1 Invented Street",
                "city": "Nowhere",
                "countrySubDivisions": [{"type": "State", "value": "VIC"}],
                "countryCode": "AU",
            }
        ],
        "phone": [{"formattedNumber": "(212) 555-1234"}],
        "email": [{"address": "no address"}, {"address": "ada@example.com"}],
    }
    assert profile["employment"] == [
        {
            "organization": {"name": "Example Post"},
            "positionHistories": [
                {
                    "title": "Letter carrier",
                    "start": "2019-03",
                    "end": "last spring",
                    "descriptions": ["Rural rounds"],
                }
            ],
        }
    ]
    assert profile["education"][0]["educationDegrees"] == [
        {"name": "Sorting", "date": "2018", "degreeGrantedStatus": "Granted"}
    ]
    assert profile["attachments"] == [
        {
            "id": {"value": NAME, "schemeId": "Letterbox"},
            "url": f"/applications/seek%3A1%2F2/documents/{NAME}",
            "descriptions": ["RESUME"],
        }
    ]
    assert profile["associatedPositionOpenings"][0]["positionOpeningId"] == {
        "value": "R-1"
    }


@pytest.mark.parametrize("path", _RECORDS, ids=lambda path: path.name)
def test_the_records_of_every_board_are_valid(path: Path) -> None:
    """By the schema that jsonresume.org publishes."""
    kept = Application.model_validate_json(path.read_bytes())

    _VALIDATOR.validate(in_form(kept, Form.JSON_RESUME))
    assert in_form(kept, Form.HR_OPEN)["person"]["name"]["formattedName"]


@given(WORDS, WORDS, WORDS, WORDS)
def test_whatever_a_stranger_has_typed_the_form_is_valid(
    name: str, address: str, date: str, employer: str
) -> None:
    """There are no nulls and nothing empty in it, either."""
    job = PositionHistory(title=name, start=date, end=date)
    candidate = Candidate(
        person=Person(name=PersonName(formatted=name)),
        emails=(Email(address=address), Email(address=f"{name}@{address}")),
        employment=(EmployerHistory(organization=employer, positions=(job,)),),
    )

    for form in Form:
        made = in_form(of(candidate), form)
        assert not list(_empty(made))
    _VALIDATOR.validate(in_form(of(candidate), Form.JSON_RESUME))


def _empty(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list) and value:
        return [bad for inner in value for bad in _empty(inner)]
    return [value] if value in (None, "", [], {}) else []
