"""What a message says in words: its plain text, or what a reader sees of its HTML."""

import html
import re
from collections.abc import Sequence

from letterbox.boards.mail.parts import Leaf
from letterbox.boards.node import storable
from letterbox.domain.charsets import decoded

# Beyond it is no letter; all of it is in the message, which is kept.
_MAX_TEXT = 256 * 1024
_TEXTS = {"text/plain", "text/html"}
_UNSEEN = (
    ("<!--", "-->"),
    ("<head>", "</head>"),
    ("<style", "</style>"),
    ("<script", "</script>"),
)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>?")
_BLANKS = re.compile(r"[ \t\xa0]+")
_LINES = re.compile(r"\n\s*\n\s*")


def is_text(leaf: Leaf) -> bool:
    """Return whether a part is what the sender wrote, and not a file."""
    return (
        leaf.media_type in _TEXTS and not leaf.is_attachment and leaf.filename is None
    )


def text_of_message(leaves: Sequence[Leaf]) -> str:
    """Join the texts; those of the message before what it forwards, plain or HTML."""
    texts = [leaf for leaf in leaves if is_text(leaf)]
    for level in sorted({leaf.level for leaf in texts}):
        for media_type in ("text/plain", "text/html"):
            found = [
                text
                for leaf in texts
                if (leaf.level, leaf.media_type) == (level, media_type)
                if (text := _read(leaf))
            ]
            if found:
                return "\n\n".join(found)[:_MAX_TEXT]
    return ""


def _read(leaf: Leaf) -> str:
    text = str(storable(decoded(leaf.start(_MAX_TEXT), leaf.charset)[0]))
    text = text.replace("\r\n", "\n").replace("\0", "")
    return (seen_of(text) if leaf.media_type == "text/html" else text).strip()


def seen_of(markup: str) -> str:
    """Return what a reader sees of HTML, in time that grows as its length does."""
    for begin, end in _UNSEEN:
        markup = _without(markup, begin, end)
    flat = markup.replace("\n", " ")
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", flat)))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def _without(markup: str, begin: str, end: str) -> str:
    """Leave out what stands between; what does not end is left."""
    # Of some letters the lower case is longer: none of them may move the others.
    lower = markup.lower() if len(markup.lower()) == len(markup) else markup
    kept, position = [], 0
    while (start := lower.find(begin, position)) >= 0:
        stop = lower.find(end, start)
        if stop < 0:
            break
        kept.append(markup[position:start])
        position = stop + len(end)
    return " ".join([*kept, markup[position:]])
