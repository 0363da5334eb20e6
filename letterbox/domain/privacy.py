"""Whether a text that is kept outside the store names the candidate. Pure."""

import hmac
import re
import unicodedata
from collections.abc import Iterable

from letterbox.domain.addresses import (
    addresses_in,
    as_marked_before,
    folded_before,
    normalise_address,
)
from letterbox.domain.application import Application
from letterbox.domain.candidate import PersonName
from letterbox.domain.errors import RefusedError
from letterbox.domain.folding import folded

NOBODY_FOUND = (
    "no application of this candidate was found; should there be one, `letterbox "
    "audit` names applications that no address leads to any more"
)
"""What is wrong where an address leads to nothing: it may be the markers' fault."""

_WORDS = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"[^\s@]@[^\s@]")
_NUMBER = re.compile(r"\d(?:[\s().\-/_·]*\d)*")
_WHY = (
    "the reason names the candidate, and would be kept where no candidate "
    "may be named: give a case number instead"
)
# As many digits are nobody's number: a case has as many.
_MIN_DIGITS = 5
# The last ones are the same with and without the country's code.
_TELLING_DIGITS = 8


def reject_personal_data(reason: str, record: Application) -> None:
    """
    Refuse a reason that holds an address, or the candidate's number or whole name.

    Reasons are kept in Temporal's histories and in tombstones, where nothing of a
    candidate may be. One of the names alone is a word like others: "case 4711" is not
    about Justin Case.
    """
    if (
        names_address(reason)
        or _names_person(reason, record.candidate.person.name)
        or any(
            _has_number(reason, phone.formatted_number)
            for phone in record.candidate.phones
        )
        or not _addresses(record).isdisjoint(addresses_in(reason))
    ):
        raise RefusedError(_WHY)


def refuse_address(reason: str) -> None:
    """Refuse a reason with an address in it, where no record tells more."""
    if names_address(reason):
        raise RefusedError(_WHY)


def names_address(text: str) -> bool:
    """Return whether there is an e-mail address in a text, whoever has it."""
    return _ADDRESS.search(folded(text)) is not None


def _addresses(record: Application) -> set[str]:
    emails = record.candidate.emails
    return {address for email in emails for address in addresses_in(email.address)}


def _names_person(text: str, name: PersonName) -> bool:
    given, family = _words(name.given or ""), _words(name.family or "")
    if not (given and family):
        whole = _words(name.formatted)
        given, family = whole[:-1], whole[-1:]
    if not (given and family):
        return False
    tokens = _words(text)
    return any(
        _holds(tokens, words) for words in _spellings(given, family)
    ) or _is_written_together(text, "".join(given), "".join(family))


def _spellings(given: list[str], family: list[str]) -> list[list[str]]:
    """Spell a name in either order, with all of it or with the telling parts."""
    givens = [given, given[:1], given[-1:]]
    families = [family, family[-1:]]
    pairs = [(first, last) for first in givens for last in families]
    orders = (([*first, *last], [*last, *first]) for first, last in pairs)
    return [words for both in orders for words in both]


def _holds(tokens: list[str], words: list[str]) -> bool:
    count = len(words)
    joined = "".join(words)
    return joined in tokens or any(
        tokens[at : at + count] == words for at in range(len(tokens) - count + 1)
    )


def _is_written_together(text: str, given: str, family: str) -> bool:
    """Look within words too, for scripts that put no blanks between them."""
    if any(name.isascii() or name.upper() != name for name in (given, family)):
        return False
    tokens = "".join(_words(text))
    return given + family in tokens or family + given in tokens


def _words(text: str) -> list[str]:
    letters = folded(text, "NFKD").casefold()
    plain = (letter for letter in letters if not unicodedata.combining(letter))
    return _WORDS.findall("".join(plain))


def _has_number(text: str, number: str) -> bool:
    digits = _digits(number).lstrip("0")
    if len(digits) < _MIN_DIGITS:
        return False
    runs = (_digits(match) for match in _NUMBER.findall(text))
    if len(digits) < _TELLING_DIGITS:
        return any(run.lstrip("0") == digits for run in runs)
    return any(digits[-_TELLING_DIGITS:] in run for run in runs)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def digest(address: str, key: bytes) -> str:
    """
    Return the HMAC-SHA256, in hex, of an e-mail address however it was typed.

    Without the key nobody can try out addresses against the store's keys.
    """
    return _hmac(normalise_address(address), key)


def digests(text: str, key: bytes) -> set[str]:
    """Return the digest of every address in a text; none for blanks."""
    return {_hmac(address, key) for address in addresses_in(text)}


def earlier_digests(text: str, key: bytes) -> set[str]:
    """Return the digest that earlier versions gave a text; none for blanks."""
    folded = folded_before(text)
    return {_hmac(folded, key)} if folded else set()


def searched_digests(text: str, key: bytes) -> set[str]:
    """Return all digests under which the owner of an address may be marked."""
    spelt: Iterable[str] = (
        form for address in addresses_in(text) for form in as_marked_before(address)
    )
    earlier = {_hmac(folded_before(form), key) for form in spelt}
    return digests(text, key) | earlier_digests(text, key) | earlier


def _hmac(text: str, key: bytes) -> str:
    # Half a surrogate pair may come from a command line.
    return hmac.new(key, text.encode(errors="surrogatepass"), "sha256").hexdigest()
