"""docs/logs.md names every word of the log, and no other."""

import re

from letterbox.domain.transitions import Transition
from tests.support import ROOT

_PAGE = (ROOT / "docs/logs.md").read_text()


def _words(heading: str) -> list[str]:
    section = _PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [
        word
        for row in re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
        for word in re.findall(r"`([^`]+)`", row)
    ][1:]


def test_the_page_has_a_row_for_each_word_of_the_vocabulary() -> None:
    """In the order of the code, which is that of a life."""
    assert _words("What happened to one application") == [
        transition.value for transition in Transition
    ]


def test_every_other_event_of_the_page_is_logged_somewhere() -> None:
    """A word that nobody logs is searched for in vain."""
    sources = "\n".join(
        path.read_text()
        for folder in ("activities", "api", "letterbox")
        for path in (ROOT / folder).rglob("*.py")
    )
    words = _words("What else is worth a search")

    assert [word for word in words if f'"{word}"' not in sources] == []
