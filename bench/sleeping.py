"""Records of applications that were taken in ten days ago."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle
from uuid import uuid4

from bench.shapes import make_delivery
from letterbox.boards.careerjet import BOARD
from letterbox.domain.application import Application
from letterbox.domain.messages import (
    MatchedPosition,
    RecordInput,
    StepInput,
    StoredDocuments,
)
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.records.applications import StoredApplications

TO_BE_CLOSED = "to-be-closed"
"""The position of a part of them."""

_AGE = timedelta(days=10)
_WINDOW = timedelta(days=180)
_MARGIN = timedelta(days=14)
_THREADS = 16


def write_records(
    store: ObjectStore, number: int, one_in: int
) -> Sequence[Application]:
    """Write so many; one in so many is for the position that will be closed."""
    first = _invent()
    others = (f"position-{index}" for index in cycle(range(one_in - 1)))
    records = [
        _another(first, TO_BE_CLOSED if index % one_in == 0 else next(others))
        for index in range(number)
    ]
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(StoredApplications(store).update, records))
    return records


def _invent() -> Application:
    delivery = make_delivery(str(uuid4()), datetime.now(UTC) - _AGE)
    return Recorder(retention=_WINDOW, margin=_MARGIN).first(
        delivery,
        BOARD.read(delivery),
        RecordInput(
            step=StepInput(application_id=delivery.application_id, view=1),
            stored=StoredDocuments(),
            matched=MatchedPosition(reference=TO_BE_CLOSED),
        ),
    )


def _another(record: Application, position: str) -> Application:
    changes = {
        "id": f"{BOARD.name}:{uuid4()}",
        "position": record.position.model_copy(update={"reference": position}),
    }
    return record.model_copy(update=changes)
