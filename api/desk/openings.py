"""The open positions, kept in memory for suggestions: which is like what was meant."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from rapidfuzz import fuzz, process, utils

from api.shared import Shared
from api.threads import Threads
from letterbox.domain.application import Application
from letterbox.domain.operators import Operator
from letterbox.domain.positions import Position, ReferenceKind
from letterbox.logs import log_failure

_FRESH_SECONDS = 60.0
_READ_TIMEOUT = 60.0
_SUGGESTED = 8
_LEAST = 45.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A position, and how much it is like what was meant: 100 is the same."""

    position: Position
    score: int


class Openings:
    """
    Suggests open positions; read again after a minute, while somebody asks.

    ``load`` reads those that are open, or as many as are worth keeping. Blocking.
    """

    def __init__(self, load: Callable[[], Sequence[Position]]) -> None:
        self._load = load
        self._threads = Threads(1)
        self._positions: tuple[Position, ...] | None = None
        self._read_at = float("-inf")
        self._reading = Shared(self._read)

    async def suggestions(
        self, record: Application, operator: Operator, within: float
    ) -> list[Suggestion] | None:
        """Return the most similar; None where the catalogue is not read in time."""
        if time.monotonic() - self._read_at > _FRESH_SECONDS:
            try:
                await self._reading.result(within)
            except TimeoutError:
                log.info("positions are still being read")
        if self._positions is None:
            return None
        positions = [
            position for position in self._positions if operator.sees_position(position)
        ]
        return await asyncio.to_thread(similar, record, positions)

    async def _read(self) -> None:
        try:
            positions = await self._threads.run(self._load, _READ_TIMEOUT)
        except Exception as error:  # noqa: BLE001 whatever it is, a page goes without
            log_failure("positions cannot be read", error)
            return
        self._positions = tuple(positions)
        self._read_at = time.monotonic()


def similar(record: Application, positions: Sequence[Position]) -> list[Suggestion]:
    """Return the positions that are most like what the board has named."""
    scores: dict[int, float] = {}
    for wanted in _wanted(record):
        for names in (_references(positions), _titles(positions)):
            for _, score, place in process.extract(
                wanted,
                names,
                scorer=fuzz.WRatio,
                processor=utils.default_process,
                limit=_SUGGESTED,
                score_cutoff=_LEAST,
            ):
                scores[place] = max(scores.get(place, 0), score)
    ranked = sorted(scores, key=lambda place: (-scores[place], place))
    return [
        Suggestion(positions[place], round(scores[place]))
        for place in ranked[:_SUGGESTED]
    ]


def _wanted(record: Application) -> list[str]:
    """List what the board called the position: by its reference, and by its title."""
    profile = record.source.position_profile
    names = (
        record.source.job_reference,
        profile.hirer_job_reference if profile else None,
        profile.title if profile else None,
    )
    return [name for name in dict.fromkeys(names) if name]


def _references(positions: Sequence[Position]) -> dict[int, str]:
    return {
        place: " ".join((one.reference, *sorted(one.names(ReferenceKind.OTHER))))
        for place, one in enumerate(positions)
    }


def _titles(positions: Sequence[Position]) -> dict[int, str]:
    return {place: one.title for place, one in enumerate(positions) if one.title}
