"""The applications of one person, found by the store's markers. Blocking."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from letterbox.domain.application import Application, Flag, Stage
from letterbox.domain.ending_ports import Archives, Holds
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.listing import Filter, Item
from letterbox.domain.ports import Applications


class People:
    """Reads what lists show of applications, open and archived, by their ids."""

    def __init__(
        self, applications: Applications, archives: Archives, holds: Holds
    ) -> None:
        self._applications = applications
        self._archives = archives
        self._holds = holds

    def page(
        self,
        application_ids: Iterable[str],
        filters: Filter,
        limit: int,
        after: str,
        hirers: frozenset[str] | None = None,
    ) -> tuple[list[Item], str | None]:
        """
        List those whose id comes after one; return the id to go on after, too.

        Of some hirers only, if any are named.
        """
        remaining = sorted(set(application_ids))
        del remaining[: bisect_right(remaining, after)]
        matching = (
            item
            for item in self._matching(remaining, filters)
            if hirers is None or item.hirer in hirers
        )
        # One more than is shown: what others alone may see is no next page.
        items = list(islice(matching, limit + 1))
        is_last = len(items) <= limit
        return items[:limit], None if is_last else items[limit - 1].id

    def _matching(
        self, application_ids: Iterable[str], filters: Filter
    ) -> Iterator[Item]:
        for application_id in application_ids:
            item = self._item(application_id)
            if item and filters.matches(item):
                yield item

    def _item(self, application_id: str) -> Item | None:
        """Return None where it was erased since it was found."""
        if self._applications.tombstone(application_id):
            return None
        try:
            record = self.record(application_id)
        except DamagedError:
            board = application_id.partition(":")[0]
            return Item(id=application_id, stage=Stage.ARCHIVED, board=board)
        except NotFoundError:
            return None
        return Item.of(record) if record else self._unrecorded(application_id)

    def record(self, application_id: str) -> Application | None:
        """
        Read the record, open or archived; None where it is accepted only.

        Raises NotFoundError.
        """
        if record := self._applications.find(application_id):
            return record
        try:
            return self._archived(application_id)
        except FileNotFoundError:
            pass
        if not self._applications.known(application_id):
            raise NotFoundError("no such application")
        return None

    def _archived(self, application_id: str) -> Application:
        """Read the archive, and the hold, which may have been placed since."""
        record = self._archives.record(application_id)
        hold = self._holds.find(application_id)
        if hold and not hold.is_active(datetime.now(UTC)):
            hold = None
        shown = record.model_copy(update={"hold": hold})
        return shown.with_flag(Flag.HELD, is_up=hold is not None)

    def _unrecorded(self, application_id: str) -> Item:
        try:
            first = next(self._applications.submissions(application_id), None)
        except ValueError:
            first = None  # It cannot be read, and waits all the same.
        return Item(
            id=application_id,
            stage=Stage.RECEIVED,
            board=application_id.partition(":")[0],
            received_at=first.received_at if first else None,
        )
