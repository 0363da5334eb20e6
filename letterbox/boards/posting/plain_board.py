"""What boards that post bodies have in common, where they have no word of their own."""

from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import SecretStr

from letterbox.boards.base import Outcome, Reply
from letterbox.boards.posting.replies import STATUSES, reply_by_status


class PlainBoard:
    """
    A ``PostBoard`` that refuses nobody and is answered by status.

    Its settings are named after it: ``<name>_secrets``, ``<name>_max_body_bytes``.
    """

    name: str
    media_type = "application/json"
    makes_secrets = False
    statuses: Mapping[Outcome, HTTPStatus] = STATUSES

    def secrets(self, settings: Any) -> Sequence[SecretStr]:
        """Return the secrets that open the board."""
        secrets: Sequence[SecretStr] = getattr(settings, f"{self.name}_secrets")
        return secrets

    def max_body_bytes(self, settings: Any) -> int:
        """Return how large a body is taken."""
        return int(getattr(settings, f"{self.name}_max_body_bytes"))

    def refuses(self, settings: Any) -> Collection[Outcome]:
        """Refuse nobody."""
        del settings
        return ()

    def reply(
        self,
        outcome: Outcome,
        application_id: str | None,
        detail: str | None,
        settings: Any,
    ) -> Reply:
        """Return the status, with words for people."""
        del settings
        return reply_by_status(self.statuses[outcome], outcome, application_id, detail)
