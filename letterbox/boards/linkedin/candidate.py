"""The candidate, and where the documents lie; nothing in it can raise."""

from collections.abc import Iterator

from pydantic import JsonValue

from letterbox.boards.linkedin.containers import find, layers, media, responses
from letterbox.boards.linkedin.questions import custom_responses
from letterbox.boards.node import Node
from letterbox.domain.candidate import (
    Address,
    AttachmentLink,
    Candidate,
    CandidateSource,
    Email,
    Person,
    PersonName,
    Phone,
    joined_name,
)
from letterbox.domain.submission import Role

# LinkedIn asks for it: a person is to see where the candidate comes from.
_SOURCE = CandidateSource(name="LinkedIn apply")
_RESUME, _LETTER = "resumeQuestionResponses", "coverLetterQuestionResponses"


def read_candidate(payload: JsonValue) -> Candidate:
    """Put an applicant where the record has a place for it."""
    contact = responses(payload).node("contactInformationQuestionResponses")
    email = contact.text("emailAnswer", "value")
    phone = _phone(contact.node("cellphoneNumberQuestionAnswer"))
    return Candidate(
        person=Person(name=_name(contact)),
        emails=(Email(address=email),) if email else (),
        phones=(Phone(formatted_number=phone),) if phone else (),
        board_id=find(payload, "jobApplicant").text(),
        addresses=tuple(_addresses(contact.node("locationAnswer"))),
        skills=tuple(_skills(payload)),
        sources=(_SOURCE,),
        attachment_links=tuple(_links(payload)),
    )


def cover_letter(payload: JsonValue) -> str | None:
    """Return a letter that was typed."""
    answer = responses(payload).node(_LETTER, "textCoverLetterQuestionAnswer")
    return answer.text("answer", "value") or answer.text("value")


def _name(contact: Node) -> PersonName:
    given = contact.text("firstNameAnswer", "value")
    family = contact.text("lastNameAnswer", "value")
    joined = joined_name(given, family)
    return PersonName(given=given, family=family, formatted=joined)


def _phone(answer: Node) -> str | None:
    """Write a number with its parts in the usual order, none of them changed."""
    number = answer.word("nationalNumber") or answer.word("value")
    if number is None:
        return None
    country, extension = answer.word("countryCode"), answer.word("extension")
    # A country's code may be one of letters, which no telephone knows.
    prefix = (country or "").removeprefix("+")
    parts = [f"+{prefix}"] if prefix.isdecimal() else []
    parts += [number, *([f"ext. {extension}"] if extension else [])]
    return " ".join(parts)


def _addresses(answer: Node) -> Iterator[Address]:
    """Yield the place, in words or in parts: NOT SEEN which of them LinkedIn sends."""
    city, country = answer.text("city"), answer.text("countryCode")
    formatted, code = answer.text("value"), answer.word("postalCode")
    if city or country or formatted or code:
        yield Address(
            formatted=formatted, city=city, postal_code=code, country_code=country
        )


def _skills(payload: JsonValue) -> Iterator[str]:
    for layer in layers(payload):
        for skill in layer.nodes("applicantSkills"):
            if name := skill.text("skillName"):
                yield name


def _links(payload: JsonValue) -> Iterator[AttachmentLink]:
    """Yield each document once: the CV, the letter, then those of answers."""
    given = responses(payload)
    known = set()
    for link in (
        *_links_in(given.node(_RESUME), Role.RESUME),
        *_links_in(given.node(_LETTER), Role.COVER_LETTER),
        *_links_of_answers(payload),
        *_links_in(given, Role.OTHER),
    ):
        if link.id not in known:
            known.add(link.id)
            yield link


def _links_in(node: Node, role: Role) -> Iterator[AttachmentLink]:
    for identifier, address in media(node.value):
        yield AttachmentLink(id=identifier, url=address, role=role)


def _links_of_answers(payload: JsonValue) -> Iterator[AttachmentLink]:
    for response in custom_responses(payload):
        for link in _links_in(response.node("answer"), Role.OTHER):
            question = response.word("questionIdentifier")
            yield link.model_copy(update={"question_id": question})
