"""The normal form of e-mail addresses, however they were typed or pasted. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from letterbox.domain.folding import MAX_LENGTH, folded

# Default ignorable code points that are not of the category Cf.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)
# What word processors and phones make of plain punctuation.
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2010": "-",
        "\u2011": "-",
    }
)
_MAILTO = re.compile(r"(?:^|(?<=[\s<(,;]))mailto:")
_COMMENT = re.compile(r"\([^()@]*\)")
_QUOTED = re.compile(r'"([^\s"@<>()\[\],;:\\]+)"@')
# What neither part of an address holds, unless it is quoted.
_SEPARATORS = re.compile(r'[\s<>()\[\]{},;:"\u00ab\u00bb\u2039\u203a\u3001\uff0c]+')
_BETWEEN = re.compile(r"[/|&]")
# An address ends where one of these follows the domain.
_AFTER_DOMAIN = re.compile(r"[?!&/\\|#%=*^`~$+']")
# Of a name server; the time to decode one grows with the square of its length.
_MAX_LABEL = 255
# In one field: a marker is written for each.
_MAX_ADDRESSES = 100
# Between the labels of a domain in scripts that have a full stop of their own.
_DOTS = re.compile("[\u3002\uff61]")


def addresses_in(text: str) -> tuple[str, ...]:
    """
    Return the normal form of every address in a text, each once.

    Folded are width, case, invisible characters, what surrounds an address (a name,
    brackets, quotes, ``mailto:``, a final dot) and the two spellings of an
    international domain. A text without an address stands for itself; a blank one for
    nobody. Never fails, whatever the text.
    """
    plain = _fold(_shortened(text))
    if _MAILTO.search(plain):
        plain = _fold(unquote(_MAILTO.sub(" ", plain)))
    joined = "@".join(part.strip() for part in plain.split("@"))
    bare = _QUOTED.sub(r"\1@", _COMMENT.sub("", joined))
    addresses = dict.fromkeys(filter(None, map(_address, _chunks(bare))))
    return tuple(islice(addresses, _MAX_ADDRESSES)) or ((plain,) if plain else ())


def _shortened(text: str) -> str:
    """Leave out the middle of what is too long to be an address, or several."""
    if len(text) <= MAX_LENGTH:
        return text
    half = MAX_LENGTH // 2 - 1
    return f"{text[:half]} {text[-half:]}"


def normalise_address(text: str) -> str:
    """Return the normal form of the first address in a text; blank for nobody."""
    return next(iter(addresses_in(text)), "")


def folded_before(text: str) -> str:
    """Fold an address as earlier versions did, whose markers are in the store."""
    # Folding the case can undo the normal form.
    return folded(folded(text).casefold()).strip()


def as_marked_before(address: str) -> tuple[str, ...]:
    """
    Spell a normal address in the ways that earlier versions took for other persons.

    Not all of them: an invisible character may have been anywhere.
    """
    local, _, domain = address.rpartition("@")
    spelt = dict.fromkeys((address, f"{local}@{_encoded(domain)}"))
    return tuple(
        form.format(spelling)
        for spelling in spelt
        for form in (
            "{}",
            "<{}>",
            "mailto:{}",
            "{}.",
            "{},",
            "{};",
            '"{}"',
            "'{}'",
            *(f"{mark}{{}}" for mark in _PASTED),
            *(f"{{}}{mark}" for mark in _PASTED),
        )
    )


# What comes along when an address is copied.
_PASTED = ("\u200b", "\ufeff", "\u200e", "\u200f", "\u202a", "\u202c", "\u00ad")


def _fold(text: str) -> str:
    """Drop what cannot be seen, and fold width, case and composition."""
    plain = folded_before(_visible(text).translate(_PLAIN))
    return _visible(plain).translate(_PLAIN).strip()


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    kept = (char for char in text if char.isspace() or not _is_control(char))
    return _INVISIBLE.sub("", "".join(kept))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"}


def _chunks(text: str) -> Iterator[str]:
    for chunk in _SEPARATORS.split(text):
        # Any of them may be in a local part, and is between two addresses here.
        is_several = chunk.count("@") > 1
        yield from _BETWEEN.split(chunk) if is_several else (chunk,)


def _address(chunk: str) -> str | None:
    local, at, domain = chunk.rpartition("@")
    local = local.lstrip("'`")
    domain = _AFTER_DOMAIN.split(_DOTS.sub(".", domain), maxsplit=1)[0].rstrip(".")
    if not (local and at and domain):
        return None
    return f"{local}@{'.'.join(_decoded(label) for label in domain.split('.'))}"


def _decoded(label: str) -> str:
    """Return a label of a domain in its own script, if it is spelt in ASCII."""
    if not label.startswith("xn--") or len(label) > _MAX_LABEL:
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (ValueError, OverflowError, IndexError):
        return label
    plain = _fold(decoded)
    # Only what has no plain spelling is spelt so; else it would be another's domain.
    is_encoded = not decoded.isascii() and _is_composed(decoded)
    return plain if is_encoded and _is_label(plain) else label


def _is_composed(text: str) -> bool:
    return folded(text) == text


def _is_label(text: str) -> bool:
    others = (_SEPARATORS, _AFTER_DOMAIN, _DOTS)
    is_one = not any(pattern.search(text) for pattern in others)
    return is_one and "." not in text and "@" not in text and text[:4] != "xn--"


def _encoded(domain: str) -> str:
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
        for label in domain.split(".")
    )
