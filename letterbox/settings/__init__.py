"""
What Letterbox reads from its environment, section by section.

``Settings`` is all sections together; it is built once a process, and passed down.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Self

from pydantic import ValidationError, model_validator

from letterbox.boards import discover
from letterbox.domain.durations import format_duration
from letterbox.domain.errors import SettingsError
from letterbox.settings.mistakes import mistakes_in, others, variable_of
from letterbox.settings.sections import (
    ApiSettings,
    AtsSettings,
    BoardSettings,
    CandidateSettings,
    DeskSettings,
    LogSettings,
    PositionSettings,
    RetentionSettings,
    UpSettings,
    WorkerSettings,
)
from letterbox.settings.sources import PREFIX, unreadable
from letterbox.settings.store import StoreSettings


class Settings(
    UpSettings,
    AtsSettings,
    CandidateSettings,
    RetentionSettings,
    PositionSettings,
    BoardSettings,
    DeskSettings,
    ApiSettings,
    LogSettings,
    WorkerSettings,
    StoreSettings,
):
    """All settings, read from the environment and ``.env``."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if mistakes := list(self._contradictions()):
            raise SettingsError(*mistakes)
        return self

    def _contradictions(self) -> Iterator[str]:
        """Yield what is wrong with one setting beside another; both are named."""
        if self.archive_margin > self.retention:
            yield (
                f"{PREFIX}ARCHIVE_MARGIN ({format_duration(self.archive_margin)}) is "
                f"longer than {PREFIX}RETENTION ({format_duration(self.retention)})"
            )
        if self.delivery_url and not self.delivery_secret:
            yield f"{PREFIX}DELIVERY_SECRET is needed for {PREFIX}DELIVERY_URL"
        if bool(self.deployment_name) != bool(self.build_id):
            yield "TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID go together"
        yield from self.oidc_contradictions()
        if not self.store.startswith("s3://"):
            return
        for name in ("s3_endpoint", "s3_access_key", "s3_secret_key"):
            if not getattr(self, name):
                yield f"{variable_of(name)} is needed for an s3:// store"

    def secrets_of(self, board: str) -> list[bytes]:
        """Return a board's signing secrets; without one the board is off."""
        known = discover().get(board)
        secrets = known.secrets(self) if known else ()
        return [secret.get_secret_value().encode() for secret in secrets]


def load_settings() -> Settings:
    """Read the environment; raises SettingsError, which names all that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = mistakes_in(error)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read ({unreadable(error)})") from None
    raise SettingsError(*wrong.values(), *_mistakes_beside(wrong))


def _mistakes_beside(wrong: Iterable[str]) -> list[str]:
    """Judge the other settings as if those that are wrong were not set."""
    defaults: dict[str, Any] = {
        str(field.validation_alias or name): field.default
        for name, field in Settings.model_fields.items()
    }
    try:
        Settings(**{name: defaults[name] for name in wrong})
    except SettingsError as error:
        return others(error.mistakes, [variable_of(name) for name in wrong])
    return []
