"""What boards have told of their ads: which reference an id of theirs stands for."""

from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from letterbox.domain import keys
from letterbox.domain.matching import References
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import MAX_NAME, ReferenceKind, normalise


class Lesson(BaseModel):
    """An id of a board's, and the reference that the hirer gave the ad."""

    model_config = ConfigDict(frozen=True)

    reference: str
    hirer: str | None = None
    learned_at: datetime


class StoredLessons:
    """
    One small object for each id; the catalogue itself is left as it is.

    A position's own aliases come first: what a person or a feed has set is never
    outweighed, and no import takes away what was learned.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def learn(self, references: References) -> bool:
        """Remember what an ad and its opening go by; False where it names nothing."""
        reference = references.job_reference
        if not reference or not normalise(reference) or len(reference) > MAX_NAME:
            return False
        lesson = Lesson(
            reference=reference, hirer=references.hirer, learned_at=datetime.now(UTC)
        )
        body = lesson.model_dump_json().encode()
        for kind, name in _ids(references):
            self._store.put(keys.lesson(kind, normalise(name)), body)
        return True

    def find(self, kind: ReferenceKind, name: str) -> Lesson | None:
        """Return what a normalised id stands for; what cannot be read is forgotten."""
        try:
            return Lesson.model_validate_json(self._store.get(keys.lesson(kind, name)))
        except (FileNotFoundError, ValidationError):
            return None


def _ids(references: References) -> Iterator[tuple[ReferenceKind, str]]:
    if references.profile:
        yield ReferenceKind.PROFILE, references.profile
    for opening in references.openings:
        yield ReferenceKind.OPENING, opening
