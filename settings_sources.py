"""Where settings are read from: the environment, files that it names, ``.env``."""

import os
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

from domain.errors import SettingsError

PREFIX = "LETTERBOX_"


def sources(
    settings: type[BaseSettings],
    environment: PydanticBaseSettingsSource,
    dotenv: PydanticBaseSettingsSource,
) -> tuple[PydanticBaseSettingsSource, ...]:
    """
    Add secrets from files: ``NAME_FILE`` names a file that holds NAME.

    A blank variable is as good as none, but keeps its namesake in ``.env`` out.
    """
    if isinstance(dotenv, EnvSettingsSource):
        given = {name.lower() for name in os.environ}
        dotenv.env_vars = {
            name: text for name, text in dotenv.env_vars.items() if name not in given
        }
    return environment, _SecretFiles(settings, environment, dotenv), dotenv


def unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Say why a file cannot be read, and nothing of what is in it."""
    return error.strerror or "" if isinstance(error, OSError) else "it is not UTF-8"


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
        self,
        field: FieldInfo,  # noqa: ARG002 the base's signature
        field_name: str,
    ) -> tuple[str | None, str, bool]:
        variable = f"{PREFIX}{field_name}_FILE"
        if not (path := self._variables.get(variable.lower())):
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{variable.upper()}: the file cannot be read ({unreadable(error)})"
            ) from None

    def __call__(self) -> dict[str, object]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}
