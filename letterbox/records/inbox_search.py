"""A person's applications that are accepted and not recorded: no marker leads there."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from letterbox.domain import keys
from letterbox.domain.addresses import addresses_in
from letterbox.domain.errors import RefusedError
from letterbox.domain.ids import from_key_part
from letterbox.domain.ports import ObjectStore, StoredObject
from letterbox.domain.submission import Submission
from letterbox.records.inbox import part_of, read_any, read_source

Progress = Callable[[int], None]
Read = Callable[[ObjectStore, str], Submission]


@dataclass(frozen=True, slots=True)
class WaitingSubmissions:
    """What the inbox has of a person."""

    application_ids: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Whose submissions cannot be read, as in keys: it may be the person's, too."""


class InboxSearch:
    """
    Reads all that waits in the inbox, and what was fetched for it. Blocking, and slow.

    ``addresses_of`` reads the addresses in a submission. Look here before the markers:
    what is recorded meanwhile has its marker before it leaves the inbox.
    """

    def __init__(
        self, store: ObjectStore, addresses_of: Callable[[Submission], Iterable[str]]
    ) -> None:
        self._store = store
        self._addresses_of = addresses_of

    def find(
        self,
        address: str,
        *,
        at_most: int | None = None,
        progress: Progress = lambda _: None,
    ) -> WaitingSubmissions:
        """
        Find the applications of a person in the inbox.

        RefusedError where more than ``at_most`` submissions wait.
        """
        person = set(addresses_in(address))
        application_ids: list[str] = []
        unreadable: list[str] = []
        count = 0
        for part, objects in groupby(self._store.list(keys.INBOX), _part):
            application_id, addresses = from_key_part(part), set[str]()
            for stored in objects:
                count += 1
                if at_most is not None and count > at_most:
                    raise RefusedError(
                        f"more than {at_most} submissions are waiting in the inbox: "
                        "try again when there are fewer, or use "
                        "`letterbox erase --candidate -`"
                    )
                submission = self._read(read_any, stored.key, part, unreadable)
                if submission:
                    application_id = application_id or submission.application_id
                    addresses |= self._addresses(submission)
            for source in self._sources(application_id):
                if fetched := self._read(read_source, source, part, unreadable):
                    addresses |= self._addresses(fetched)
            progress(count)
            if application_id and addresses & person:
                application_ids.append(application_id)
        return WaitingSubmissions(
            tuple(dict.fromkeys(application_ids)), tuple(dict.fromkeys(unreadable))
        )

    def _sources(self, application_id: str | None) -> Iterator[str]:
        """List the sources: what was fetched for a notice in the inbox."""
        if application_id is not None:
            for stored in self._store.list(keys.sources(application_id)):
                yield stored.key

    def _read(
        self, read: Read, key: str, part: str, unreadable: list[str]
    ) -> Submission | None:
        try:
            return read(self._store, key)
        except FileNotFoundError:
            return None  # Taken over meanwhile.
        except ValueError:
            unreadable.append(part)
            return None

    def _addresses(self, submission: Submission) -> set[str]:
        return {
            normal
            for address in self._addresses_of(submission)
            for normal in addresses_in(address)
        }


def _part(stored: StoredObject) -> str:
    return part_of(stored.key)
