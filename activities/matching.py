"""The position of an application, among those of the catalogue."""

from datetime import UTC, datetime

from letterbox.domain.errors import DamagedError
from letterbox.domain.matching import AMBIGUOUS, Match, match
from letterbox.domain.messages import MatchedPosition
from letterbox.domain.positions import Catalogue
from letterbox.domain.reading import Reading


class Matcher:
    """Finds positions; ``discard_unmatched`` says what to do where none is ours."""

    def __init__(self, catalogue: Catalogue, *, discard_unmatched: bool) -> None:
        self._catalogue = catalogue
        self._discard_unmatched = discard_unmatched

    def find(self, reading: Reading) -> MatchedPosition:
        """Find the position, or the reason why a person must."""
        try:
            matched = match(reading.references, self._catalogue.find)
            position = matched.position
            is_foreign = position is None and self._is_foreign(reading, matched)
        except DamagedError:
            # Nobody waits for a catalogue to mend: a person looks.
            return MatchedPosition(triage="unreadable-catalogue")
        if position is None:
            return MatchedPosition(triage=matched.triage, discard=is_foreign)
        return MatchedPosition(
            reference=position.reference,
            hirer=position.hirer,
            title=position.title,
            matched_by=matched.matched_by,
            closed_at=position.closed_by(datetime.now(UTC)),
        )

    def _is_foreign(self, reading: Reading, matched: Match) -> bool:
        """Return whether it is surely for an ad that is not ours, and unwanted."""
        return (
            self._discard_unmatched
            and reading.references.posted_by_us is False
            and not reading.incomplete
            and matched.triage != AMBIGUOUS
            and self._catalogue.is_whole()
        )
