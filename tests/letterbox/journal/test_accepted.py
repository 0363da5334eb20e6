"""What somebody has accepted as broken is accepted as it was then, and no further."""

from pathlib import Path

import pytest

from letterbox.journal.proof import accept
from tests.letterbox.journal.journal_days import JournalDays


@pytest.mark.parametrize("place", [1, -1])
def test_an_entry_is_not_changed_once_more_unseen(tmp_path: Path, place: int) -> None:
    """Neither one in a chain, nor the last of it that an audit has seen."""
    days = JournalDays(tmp_path)
    days.live(1)
    known_note = days.audit()
    name = days.names(0)[place]
    days.rewrite(name, operator="mallory")
    accept(days.store, days.prove(known_note=known_note), "root", days.now)
    accepted = days.prove(known_note=known_note)
    days.rewrite(name, operator="trudy")

    again = days.prove(known_note=known_note)

    assert accepted == []
    assert len(again) == 1
