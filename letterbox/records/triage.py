"""What a list shows of applications that wait for a person to choose their position."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from letterbox.domain.application import Stage
from letterbox.domain.errors import DamagedError, StoreUnavailableError
from letterbox.domain.listing import Item
from letterbox.domain.ports import Applications
from letterbox.domain.status import triage_fields

_THREADS = 8


def with_triage(applications: Applications, items: Sequence[Item]) -> list[Item]:
    """
    Add to what is in triage the board's reference and the reason, from the records.

    What cannot be read is listed all the same, without them. Blocking.
    """

    def completed(item: Item) -> Item:
        if item.stage is not Stage.TRIAGE:
            return item
        try:
            record = applications.find(item.id)
        except (DamagedError, StoreUnavailableError):
            record = None
        return item.model_copy(update=triage_fields(record)) if record else item

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(completed, items))
