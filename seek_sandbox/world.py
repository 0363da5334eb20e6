"""Everything that is invented: hirers, ads and applications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from seek_sandbox.attachments import Attachment, attachments_of
from seek_sandbox.events import Stream
from seek_sandbox.ids import Ids, tail
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import Ad
from seek_sandbox.positions import APPLICATION_EXPORT, JOB_POSTING, Hirer, Position
from seek_sandbox.times import now

FIRST_HIRER = "93WyyF1h"
_POSTED_BEFORE = timedelta(days=3)


@dataclass(frozen=True, slots=True, eq=False)
class Application:
    """One application; who applied and what was attached is invented when read."""

    profile_id: str
    candidate_id: str
    person: int
    position: Position
    created_at: datetime
    roles: Sequence[str | None]
    has_questionnaire: bool

    def attachments(self, ids: Ids) -> Sequence[Attachment]:
        """Return its attachments."""
        return attachments_of(ids, self.profile_id, self.roles)


class World:
    """What SEEK would know; nothing of it is kept when the sandbox ends."""

    def __init__(self, options: SandboxOptions) -> None:
        self.made_at = now()
        self.ids = Ids(options.scheme, options.seed)
        self.stream = Stream()
        self.hirers: dict[str, Hirer] = {}
        self.positions: dict[str, Position] = {}
        self.applications: dict[str, Application] = {}
        self.candidates: dict[str, list[Application]] = {}
        self.signals: list[dict[str, Any]] = []
        self._tails: dict[str, Application] = {}
        self._ads: dict[tuple[Any, ...], Position] = {}
        for seeded in _SEEDED:
            self.position(seeded)

    def hirer(self, hirer_id: str | None = None) -> Hirer:
        """Find a hirer, or make one that lets us export and post."""
        name = hirer_id or f"{self.ids.scheme}:organization:seek:{FIRST_HIRER}"
        if name not in self.hirers:
            self.hirers[name] = Hirer(
                name,
                f"Example Employer {len(self.hirers) + 1}",
                [APPLICATION_EXPORT, JOB_POSTING],
            )
        return self.hirers[name]

    def position(self, ad: Ad) -> Position:
        """Find the ad, or have it posted."""
        hirer = self.hirer(ad.hirer_id)
        key = (hirer.hirer_id, ad.reference, ad.created_by_self)
        if key not in self._ads:
            position = Position(
                profile_id=self.ids.make("positionProfile:jobAd", *key),
                opening_id=self.ids.make("positionOpening:jobAd", *key),
                hirer=hirer,
                reference=ad.reference,
                created_by_self=ad.created_by_self,
                posted_at=now() - _POSTED_BEFORE,
            )
            self._ads[key] = self.positions[position.profile_id] = position
        return self._ads[key]

    def add(self, application: Application) -> None:
        """Keep an application where its id and its candidate's lead to it."""
        self.applications[application.profile_id] = application
        self._tails[tail(application.profile_id)] = application
        self.candidates.setdefault(application.candidate_id, []).append(application)

    def by_tail(self, opaque: str) -> Application | None:
        """Find an application by the end of its id, which addresses carry."""
        return self._tails.get(opaque)


_SEEDED = (
    Ad(),
    Ad(created_by_self=True),
    Ad(created_by_self=None),
    Ad(reference=None, created_by_self=True),
    Ad(reference=None, created_by_self=False),
    Ad(reference=None, created_by_self=None),
    Ad(reference="not-one-of-yours", created_by_self=False),
)
