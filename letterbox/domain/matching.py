"""Which position an application is for."""

from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict

from letterbox.domain.errors import RefusedError
from letterbox.domain.positions import Position, PositionStatus, ReferenceKind

Find = Callable[[ReferenceKind, str], Sequence[Position]]


AMBIGUOUS = "ambiguous"
_PREFERENCE = (PositionStatus.OPEN, PositionStatus.CLOSED, PositionStatus.REMOVED)


class References(BaseModel):
    """What a board says about the position, in its own ids and ours."""

    model_config = ConfigDict(frozen=True)

    hirer: str | None = None
    profile: str | None = None
    openings: tuple[str, ...] = ()
    job_reference: str | None = None
    posted_by_us: bool | None = None


class Match(BaseModel):
    """A position, or the reason why a person must look."""

    model_config = ConfigDict(frozen=True)

    position: Position | None = None
    matched_by: ReferenceKind | None = None
    triage: str | None = None


def choose(positions: Sequence[Position], hirer: str | None) -> Position:
    """Return the one position that a person can choose; RefusedError says why not."""
    candidates = [
        position for position in positions if _same_hirer(hirer, position.hirer)
    ]
    if not candidates:
        of_hirer = " of this hirer" if hirer else ""
        raise RefusedError(
            f"no such position{of_hirer} in the catalogue: add it first, "
            "by an import or by PUT /positions/{ref}"
        )
    if len(candidates) > 1:
        hirers = ", ".join(position.hirer or "''" for position in candidates)
        raise RefusedError(
            f"several hirers have this position: name the hirer, one of {hirers}"
        )
    [position] = candidates
    if position.status is not PositionStatus.OPEN:
        raise RefusedError(f"the position is {position.status}: open it first")
    return position


def match(references: References, find: Find) -> Match:
    """
    Try each name from the surest to the weakest; the first that hits decides.

    Among what goes by one name an open position wins over a closed one, and that over
    one that was removed; then the surer kind of name does. One hit matches, several
    are ``ambiguous``; no hit at all leaves a reason for triage: ``unknown-reference``,
    ``no-reference`` or ``posted-by-us-without-reference``.
    """
    for kinds, names in _names(references):
        hits = [
            (_PREFERENCE.index(position.status), order, position)
            for order, kind in enumerate(kinds)
            for name in names
            for position in find(kind, name)
            if _same_hirer(references.hirer, position.hirer)
        ]
        if not hits:
            continue
        best, order, _ = min(hits, key=lambda hit: hit[:2])
        chosen = {
            (position.hirer, position.reference): position
            for *standing, position in hits
            if standing == [best, order]
        }
        if len(chosen) == 1:
            return Match(position=next(iter(chosen.values())), matched_by=kinds[order])
        return Match(triage=AMBIGUOUS)
    return Match(triage=_why_nothing(references))


def _names(
    references: References,
) -> Sequence[tuple[Sequence[ReferenceKind], Sequence[str]]]:
    ours = [references.job_reference] if references.job_reference else []
    return [
        ((ReferenceKind.PROFILE,), [references.profile] if references.profile else []),
        ((ReferenceKind.OPENING,), references.openings),
        ((ReferenceKind.REFERENCE, ReferenceKind.OTHER), ours),
    ]


def _same_hirer(applied_to: str | None, offered_by: str | None) -> bool:
    return applied_to is None or offered_by is None or applied_to == offered_by


def _why_nothing(references: References) -> str:
    if references.job_reference:
        return "unknown-reference"
    if references.posted_by_us:
        return "posted-by-us-without-reference"
    return "no-reference"
