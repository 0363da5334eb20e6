"""Whether a text that is kept outside the store names the candidate. Pure."""

import re

from domain.application import Application
from domain.digests import normalise_address
from domain.errors import RefusedError

_WORDS = re.compile(r"\w+")
# Shorter ones are in every sentence.
_TELLING = 3


def refuse_names(reason: str, record: Application) -> None:
    """
    Refuse a reason that has an address, or the candidate's name or number, in it.

    Reasons are kept in Temporal's histories and in tombstones, where nothing of a
    candidate may be.
    """
    if _names_candidate(reason, record):
        raise RefusedError(
            "the reason names the candidate, and would be kept where no candidate "
            "may be named: give a case number instead"
        )


def _names_candidate(text: str, record: Application) -> bool:
    if "@" in text:
        return True
    person = record.candidate.person.name
    names = " ".join(filter(None, [person.given, person.family, person.formatted]))
    if _telling_words(text) & _telling_words(names):
        return True
    digits = _digits(text)
    return any(
        len(number) > _TELLING and number in digits
        for number in (_digits(one.formatted_number) for one in record.candidate.phones)
    )


def _telling_words(text: str) -> set[str]:
    folded = normalise_address(text)
    return {word for word in _WORDS.findall(folded) if len(word) >= _TELLING}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
