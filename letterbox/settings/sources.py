"""Where settings come from: the environment, ``.env``, and files of secrets."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "LETTERBOX_"
FILE = "_FILE"
# It would say of each reading, and without the name of the file, what
# ``unread.unparsed_lines`` finds once.
logging.getLogger("dotenv.main").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Stands in for a value that cannot be had; no setting is of this type."""

    reason: str
    """A whole message, which names the variable."""


class Section(BaseSettings):
    """Part of the settings: each variable is ``LETTERBOX_`` and the field's name."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        # Editors of Windows write a byte order mark.
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        # Only all sections together are read: none is built for itself.
        defer_build=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 the base's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read secrets from files too; arguments take precedence over all."""
        environment = _sources(settings_cls, env_settings, dotenv_settings)
        return init_settings, *environment


def _sources(
    settings: type[BaseSettings],
    environment: PydanticBaseSettingsSource,
    dotenv: PydanticBaseSettingsSource,
) -> tuple[PydanticBaseSettingsSource, ...]:
    """
    Add secrets from files: ``NAME_FILE`` names a file that holds NAME.

    A blank variable counts as unset, but overrides its namesake in ``.env``.
    """
    if isinstance(dotenv, EnvSettingsSource):
        exported = {name.lower() for name in os.environ}
        dotenv.env_vars = {
            name: text for name, text in dotenv.env_vars.items() if name not in exported
        }
    return _SecretFiles(settings, environment, dotenv), environment, dotenv


def unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file cannot be read, without anything of its content."""
    return error.strerror or "" if isinstance(error, OSError) else "it is not UTF-8"


def settings_read_from() -> str:
    """Name the ``.env`` that was read, or the folder that has none."""
    dotenv = Path(".env").absolute()
    if dotenv.is_file():
        return f"read from the environment and {dotenv}"
    return f"read from the environment; there is no .env in {dotenv.parent}"


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads ``LETTERBOX_<NAME>_FILE`` for every setting that has such a variable."""

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        *environments: PydanticBaseSettingsSource,
    ) -> None:
        super().__init__(settings_cls)
        self._variables = {
            name: path
            for source in reversed(environments)
            if isinstance(source, EnvSettingsSource)
            for name, path in source.env_vars.items()
        }

    def get_field_value(
        self, field: FieldInfo, field_name: str
    ) -> tuple[str | Unusable | None, str, bool]:
        variable = f"{PREFIX}{field_name}".upper()
        path = self._variables.get(f"{variable}{FILE}".lower())
        if not path or field.validation_alias:
            return None, field_name, False
        return _secret(self._variables, variable, path), field_name, False

    def __call__(self) -> dict[str, object]:
        secrets = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in secrets.items() if value is not None}


def _secret(
    variables: Mapping[str, str | None], variable: str, path: str
) -> str | Unusable:
    named = f"{variable}{FILE}"
    if variables.get(variable.lower()):
        return Unusable(f"{variable} and {named} are both set: remove one of them")
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = unreadable(error)
        return Unusable(f"{named}: the file{_shown(path)} cannot be read ({reason})")
    except ValueError:  # A null character, which no path has.
        return Unusable(f"{named}: must be the path of a file")


def _shown(path: str) -> str:
    """Return a path to print; what leads nowhere may be a secret in its place."""
    named = Path(path)
    leads_somewhere = named.exists() or any(
        folder.is_dir() for folder in list(named.parents)[:-1]
    )
    return f" {path}" if leads_somewhere else ""
