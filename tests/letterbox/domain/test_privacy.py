"""Reasons: which ones name the candidate, and which only share a word with one."""

import pytest

from letterbox.domain.application import Application
from letterbox.domain.candidate import Candidate, Email, Person, PersonName, Phone
from letterbox.domain.errors import RefusedError
from letterbox.domain.privacy import refuse_address, reject_personal_data
from tests.record_factory import record


def of(
    given: str | None, family: str | None, formatted: str = "", phone: str = ""
) -> Application:
    """Have the record of somebody."""
    name = PersonName(
        given=given, family=family, formatted=formatted or f"{given} {family}"
    )
    candidate = Candidate(
        person=Person(name=name),
        emails=(Email(address="Joe <ada@xn--mnchen-3ya.example>"),),
        phones=(Phone(formatted_number=phone),) if phone else (),
    )
    return record("careerjet:1").model_copy(update={"candidate": candidate})


@pytest.mark.parametrize(
    ("reason", "given", "family"),
    [
        ("case 4711", "Justin", "Case"),
        ("GDPR Art. 17", "Art", "Vandelay"),
        ("Antrag von Frau K.", "Karla", "von Berg"),
        ("will be deleted on request", "Will", "Request"),
        ("May request 12 of June", "May", "June"),
        ("Mark asked", "Mark", "Twain"),
        ("Art. 17 of the GDPR, Vandelay Industries", "Art", "Vandelay"),
        ("an order of 2026", "An", "Li"),
        ("山田さんの依頼", "太郎", "山田"),
        ("помощь людям", "Лю", "Дя"),
        ("the analysis of a line", "Li", "Ana"),
    ],
)
def test_a_reason_that_shares_a_word_with_a_name_passes(
    reason: str, given: str, family: str
) -> None:
    """Names are words, and one of them alone names nobody; both of them do."""
    reject_personal_data(reason, of(given, family))

    with pytest.raises(RefusedError, match="names the candidate"):
        reject_personal_data(f"{reason}: {given} {family}", of(given, family))


@pytest.mark.parametrize(
    ("reason", "given", "family"),
    [
        ("Justin Case asked", "Justin", "Case"),
        ("asked by CASE, JUSTIN", "Justin", "Case"),
        ("see justin.case", "Justin", "Case"),
        ("see justin_case.pdf", "Justin", "Case"),
        ("JustinCase asked", "Justin", "Case"),
        ("Karla von Berg hat gefragt", "Karla", "von Berg"),
        ("von Berg, Karla", "Karla", "von Berg"),
        ("Mary Smith", "Mary Ann", "Smith"),
        ("Jorg Muller", "Jörg", "Müller"),
        ("Siobhán O\u2019Brien", "Siobhan", "O'Brien"),
        ("山田太郎さんの依頼", "太郎", "山田"),
        ("依頼者は太郎山田", "太郎", "山田"),
        ("依頼者は山 田太郎", "太郎", "山田"),
    ],
)
def test_a_reason_with_the_whole_name_is_refused(
    reason: str, given: str, family: str
) -> None:
    """In either order, however it is punctuated."""
    with pytest.raises(RefusedError, match="names the candidate"):
        reject_personal_data(reason, of(given, family))


def test_a_name_that_came_as_one_text_is_recognised() -> None:
    """Some boards do not tell the given name from the family's."""
    with pytest.raises(RefusedError):
        reject_personal_data("Example, Ada: request 17", of(None, None, "Ada Example"))
    with pytest.raises(RefusedError):
        reject_personal_data(
            "Ada Example: request 17", of(None, None, "Ms Ada Example")
        )
    with pytest.raises(RefusedError):
        reject_personal_data("asked by Ada Example", of("Ada", None, "Ada Example"))
    with pytest.raises(RefusedError):
        reject_personal_data("asked by Ada Example", of(None, "Example", "Ada Example"))
    reject_personal_data("for example request 17", of(None, None, "Ada Example"))
    reject_personal_data("Cher is a word here", of(None, None, "Cher"))


@pytest.mark.parametrize(
    "reason",
    [
        "asked by ada@münchen.example",
        "asked by ADA@XN--MNCHEN-3YA.EXAMPLE",
        "asked by ada @ münchen.example",
        "asked by somebody.else@example.com",
    ],
)
def test_a_reason_with_an_address_is_refused(reason: str) -> None:
    """The candidate's however it is spelt, and anybody's: people have several."""
    with pytest.raises(RefusedError):
        reject_personal_data(reason, of("Ada", "Example"))


@pytest.mark.parametrize("reason", ["@legal has decided", "2 cases @ once"])
def test_an_at_sign_alone_in_a_reason_passes(reason: str) -> None:
    """A handle of a team is no e-mail address, and hides none that is beside it."""
    reject_personal_data(reason, of("Ada", "Example"))

    with pytest.raises(RefusedError):
        reject_personal_data(f"{reason}, ada@example.com", of("Ada", "Example"))


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("+61 400 123 456", "called from 0400123456"),
        ("+61 400 123 456", "called from +61 (0)400/123-456"),
        ("(212) 555-1234", "case 12, 212.555.1234"),
        ("0049 30 1234567", "rang: +49301234567"),
        ("٠١٢٣٤٥٦٧٨٩", "rang: 0123456789"),
        ("55512", "rang 555 12"),
        ("55510", "rang 0555-10"),
        ("1234567", "rang 1234567"),
        ("12345678", "rang 99912345678"),
        ("+49 30 12345678", "rang 12345678"),
        ("5551234", "rang 0005551234"),
    ],
)
def test_a_reason_with_the_number_is_refused(phone: str, reason: str) -> None:
    """However either of them is written."""
    with pytest.raises(RefusedError):
        reject_personal_data(reason, of("Ada", "Example", phone=phone))


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("12345678", "case 1234567"),
        ("+49 30 12345678", "case 3012345"),
        ("1234567", "case 91234567"),
        ("1234", "case 1234"),
    ],
)
def test_a_part_of_a_number_and_a_longer_one_are_other_numbers(
    phone: str, reason: str
) -> None:
    """Its last eight digits tell it; of a short one all do, but zeros before them."""
    reject_personal_data(reason, of("Ada", "Example", phone=phone))


@pytest.mark.parametrize("phone", ["4711", "", "ext.", "+61 400 123 456"])
def test_a_reason_with_other_numbers_passes(phone: str) -> None:
    """Numbers of cases and dates are no number of the candidate, nor hide the name."""
    candidate = of("Ada", "Example", phone=phone)
    reject_personal_data("case 4711 of 2026-03-01", candidate)

    with pytest.raises(RefusedError):
        reject_personal_data("case 4711 of Ada Example, 2026-03-01", candidate)


def test_where_no_record_tells_more_an_address_is_refused() -> None:
    """Whatever else a reason says about an application that is gone."""
    refuse_address("case 4711, asked by @legal")

    with pytest.raises(RefusedError, match="names the candidate"):
        refuse_address("asked by ada@example.com")
