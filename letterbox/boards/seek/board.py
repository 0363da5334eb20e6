"""
SEEK as Letterbox knows it: what it sends, in canonical terms, and how it is asked.

What talks to SEEK is in ``client/`` and ``checks.py``, imported once it is needed.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from letterbox.boards.fetching import Fetcher, Notices
from letterbox.boards.node import Node
from letterbox.boards.reports import StatusSender
from letterbox.boards.seek.candidate import read_candidate
from letterbox.boards.seek.events import BOARD_NAME, notices_of
from letterbox.boards.seek.payload import profile_of, unfetched
from letterbox.boards.seek.position import read_position, references
from letterbox.boards.seek.questionnaire import is_consent_withheld, read_answers
from letterbox.boards.seek.redaction import is_redacted, lost
from letterbox.boards.seek.settings import SeekSettings
from letterbox.boards.seek.webhook import read_events, verify
from letterbox.checks import CheckResult
from letterbox.domain.application import Flag, Source
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission


class Seek:
    """The board; pure, except for what is awaited."""

    name = BOARD_NAME
    title = "SEEK"
    settings: type[BaseSettings] = SeekSettings
    secrets_variable = "LETTERBOX_SEEK_WEBHOOK_SECRETS"
    makes_secrets = False

    def secrets(self, settings: SeekSettings) -> Sequence[SecretStr]:
        """Return the secrets of the webhook."""
        return settings.seek_webhook_secrets

    def read(self, submission: Submission) -> Reading:
        """
        Read a submission, fetched or not; what is malformed or redacted raises nothing.

        Incomplete while the profile is absent or has parts that SEEK kept back.
        """
        payload = Node(submission.said)
        event, profile = payload.node("event"), payload.node("profile")
        position = read_position(profile)
        refs = references(position, event.identifier("hirerId"))
        has_errors = bool(payload.node("errors").value)
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=refs.job_reference,
                posting=refs.profile,
                profile_id=event.identifier("candidateApplicationProfileId"),
                updated_at=profile.moment("updateDateTime"),
                hirer=refs.hirer,
                position_profile=position,
            ),
            candidate=read_candidate(profile, event.identifier("candidateId")),
            references=refs,
            applied_at=_applied_at(event, profile, submission.received_at),
            answers=read_answers(profile),
            incomplete=has_errors or not profile.node("candidate"),
            is_consent_withheld=is_consent_withheld(profile),
        )

    def notices(
        self,
        body: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[bytes],
        now: datetime,
    ) -> Notices:
        """Verify the raw bytes, and only then read them."""
        verify(body, headers.get("Seek-Signature"), secrets)
        return notices_of(read_events(body), now)

    def bare(self, submission: Submission) -> Submission:
        """Return the notice alone, without what was fetched since."""
        return unfetched(submission)

    def shows_less(self, held: Submission, new: Submission) -> Flag | None:
        """Return ``redacted`` for what SEEK took away, else ``incomplete``."""
        if not lost(profile_of(held), profile_of(new)):
            return None
        has_errors = bool(Node(new.said).node("errors").value)
        was_taken = not has_errors or is_redacted(profile_of(new))
        return Flag.REDACTED if was_taken else Flag.INCOMPLETE

    def open_fetcher(
        self, settings: SeekSettings, *, max_document_bytes: int
    ) -> AbstractAsyncContextManager[Fetcher]:
        """Keep connections to SEEK; nothing is asked yet."""
        from letterbox.boards.seek.client.fetch import open_fetcher

        return open_fetcher(settings, max_document_bytes=max_document_bytes)

    def takes_statuses(self, settings: SeekSettings) -> bool:
        """Return whether there are credentials to send signals with."""
        return bool(settings.seek_client_id)

    def open_status_sender(
        self, settings: SeekSettings
    ) -> AbstractAsyncContextManager[StatusSender]:
        """Keep connections to SEEK; nothing is sent yet."""
        from letterbox.boards.seek.client.signals import open_signals

        return open_signals(settings)

    def reconcile_every(self, settings: SeekSettings) -> timedelta | None:
        """Return how often SEEK's events are polled; never without credentials."""
        if not settings.seek_client_id:
            return None
        return settings.seek_reconcile_every or None

    def discards_unmatched(self, settings: SeekSettings) -> bool:
        """Return whether applications for ads not posted by us are discarded."""
        return settings.seek_unmatched == "discard"

    def servers(self, settings: SeekSettings) -> Mapping[str, str]:
        """Return SEEK's token endpoint, where there are credentials for it."""
        return {"SEEK": settings.seek_token_url} if settings.seek_client_id else {}

    async def check(self, settings: SeekSettings) -> Sequence[CheckResult]:
        """Judge the settings; with credentials, ask SEEK as well."""
        from letterbox.boards.seek.checks import check

        return await check(settings)


def _applied_at(event: Node, profile: Node, received_at: datetime) -> datetime:
    """Return when the candidate applied: the archive's date is counted from here."""
    created_at = event.moment("createDateTime") or profile.moment("createDateTime")
    return min(created_at or received_at, received_at)
