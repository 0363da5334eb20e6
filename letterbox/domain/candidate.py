"""The candidate, in the field's own terms; part of the record."""

from pydantic import BaseModel, ConfigDict, Field

from letterbox.domain.submission import Role


class Record(BaseModel):
    """Base of what records are made of: its errors never quote a candidate."""

    # Built when it is used first: a process uses a few of them, and imports all.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)


class PersonName(Record):
    """A name as given; ``formatted`` is how to print it."""

    given: str | None = None
    family: str | None = None
    formatted: str


def joined_name(given: str | None, family: str | None) -> str:
    """Return how to print a name that came in parts; empty where both are absent."""
    return " ".join(part.strip() for part in (given, family) if part)


class Person(Record):
    """Who the candidate is."""

    name: PersonName


class Email(Record):
    """An address, as typed."""

    address: str


class Phone(Record):
    """A number, as typed: boards promise no form."""

    formatted_number: str


class AddressPart(Record):
    """A part of an address that goes by a kind, such as State or Apartment."""

    type: str | None = None
    value: str


class Address(Record):
    """A postal address, as far as it was told."""

    formatted: str | None = None
    line: str | None = None
    extended_lines: tuple[AddressPart, ...] = ()
    city: str | None = None
    subdivisions: tuple[AddressPart, ...] = ()
    postal_code: str | None = None
    country_code: str | None = Field(None, description="ISO 3166-1 alpha-2.")


class PositionHistory(Record):
    """One job at an employer."""

    title: str | None = None
    start: str | None = Field(None, description="As sent: 2020, 2020-05 or a day.")
    end: str | None = Field(None, description="As start.")
    current: bool | None = None
    descriptions: tuple[str, ...] = ()


class EmployerHistory(Record):
    """The jobs at one employer."""

    organization: str | None = None
    positions: tuple[PositionHistory, ...] = ()


class EducationDegree(Record):
    """What was studied, and whether it was finished."""

    name: str | None = None
    date: str | None = Field(None, description="As sent: 2020, 2020-05 or a day.")
    status: str | None = Field(None, description="InProgress, Granted or another.")


class EducationAttendance(Record):
    """The studies at one institution."""

    institution: str | None = None
    degrees: tuple[EducationDegree, ...] = ()
    descriptions: tuple[str, ...] = ()


class Certification(Record):
    """A certificate or a licence."""

    name: str | None = None
    issued: str | None = Field(None, description="As sent: 2020, 2020-05 or a day.")
    issuing_authority: str | None = None
    valid_to: str | None = Field(None, description="As issued.")
    descriptions: tuple[str, ...] = ()


class CandidateSource(Record):
    """How the candidate came to the board."""

    name: str | None = None
    type: str | None = None


class AttachmentLink(Record):
    """A document that the board has for us, fetched or not."""

    id: str = Field(description="The board's own.")
    url: str
    role: Role = Role.OTHER
    descriptions: tuple[str, ...] = ()
    question_id: str | None = Field(
        None, description="The board's own id of the question that it answers."
    )


class Candidate(Record):
    """The person who applied."""

    person: Person
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    board_id: str | None = Field(
        None, description="The board's own id of the person, the same for one hirer."
    )
    addresses: tuple[Address, ...] = ()
    do_not_contact: bool | None = None
    employment: tuple[EmployerHistory, ...] = ()
    education: tuple[EducationAttendance, ...] = ()
    certifications: tuple[Certification, ...] = ()
    skills: tuple[str, ...] = ()
    sources: tuple[CandidateSource, ...] = ()
    attachment_links: tuple[AttachmentLink, ...] = Field(
        (), description="What the board lists; attachments are what is in the store."
    )
