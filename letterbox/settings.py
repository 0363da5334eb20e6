"""
What Letterbox reads from its environment, section by section.

``Settings`` is all sections together; it is built once a process, and passed down.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from letterbox.boards import discover
from letterbox.domain.durations import Duration, format_duration
from letterbox.domain.errors import SettingsError
from letterbox.domain.region import RegionPolicy
from letterbox.oidc_settings import OidcSettings
from letterbox.process_count import ProcessCount
from letterbox.setting_mistakes import mistakes_in, others, variable_of
from letterbox.setting_sources import PREFIX, sources, unreadable
from letterbox.setting_types import (
    LineSecret,
    LogLevel,
    Port,
    Secrets,
    Url,
    web_address,
)

_MIB = 1024 * 1024
# As the client takes it: servers other than Amazon's have old names too.
_BUCKET = re.compile(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|\.-|-\.))"
    r"[A-Za-z0-9][A-Za-z0-9_.:-]{1,61}[A-Za-z0-9]"
)
_REGION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")


class _Section(BaseSettings):
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
        environment = sources(settings_cls, env_settings, dotenv_settings)
        return init_settings, *environment


class StoreSettings(_Section):
    """Where objects are kept: a folder, or a bucket of S3."""

    data: Path = Field(
        Path("var"), description="Folder for the default store and for Temporal's file."
    )
    store: str = Field(
        "",
        description="file:FOLDER, s3://BUCKET or s3://BUCKET/PREFIX;"
        " file:<data>/store by default.",
    )
    s3_endpoint: Url = Field("", description="URL of the S3 server, with its scheme.")
    s3_access_key: LineSecret = Field(SecretStr(""), description="S3 access key.")
    s3_secret_key: LineSecret = Field(SecretStr(""), description="S3 secret key.")
    s3_region: str = Field("us-east-1", description="S3 region.")

    @field_validator("store")
    @classmethod
    def _known_store(cls, store: str) -> str:
        if store == "file:" or (store and not store.startswith(("file:", "s3://"))):
            raise ValueError("must be file:FOLDER or s3://BUCKET")
        parts = store.removeprefix("s3://").strip("/").split("/")
        if store.startswith("s3://") and not {"", ".", ".."}.isdisjoint(parts[1:]):
            raise ValueError(
                "the prefix of s3://BUCKET/PREFIX must have no empty or dotted part"
            )
        if store.startswith("s3://") and not _BUCKET.fullmatch(parts[0]):
            raise ValueError(
                "the bucket of s3://BUCKET must have 3 to 63 letters, digits, hyphens "
                "or dots, and a letter or digit at both ends"
            )
        return store

    @field_validator("s3_region")
    @classmethod
    def _region(cls, region: str) -> str:
        if region and not _REGION.fullmatch(region):
            raise ValueError("must have letters, digits and hyphens, such as us-east-1")
        return region

    @field_validator("s3_endpoint")
    @classmethod
    def _server_alone(cls, endpoint: str) -> str:
        address = urlsplit(endpoint)
        more = (address.path.strip("/"), address.query, address.fragment)
        if any(more) or "@" in address.netloc:
            raise ValueError("must be a scheme, a host and a port, and nothing else")
        if endpoint and not address.hostname:
            raise ValueError("must name a host, such as https://s3.example.com")
        return endpoint

    @property
    def store_url(self) -> str:
        """Where objects lie, the default filled in."""
        return self.store or f"file:{self.data / 'store'}"

    @property
    def store_name(self) -> str:
        """Where objects lie, and on which server: for logs."""
        url, _, rest = self.s3_endpoint.partition("://")
        server = f" at {url}://{rest.rpartition('@')[2]}" if rest else ""
        is_bucket = self.store_url.startswith("s3://")
        return self.store_url + (server if is_bucket else "")


class WorkerSettings(_Section):
    """The workers: their task queue, their load, and their schedules."""

    task_queue: str = Field("letterbox", description="Task queue of the workers.")
    sweep_every: Duration = Field(
        timedelta(seconds=60),
        ge=timedelta(seconds=1),
        description="How often applications still in the inbox are started.",
    )
    audit_every: Duration = Field(
        timedelta(days=1),
        description="How often everything is audited; 0 turns it off.",
    )
    worker_metrics: str = Field(
        "", description="host:port at which a worker serves metrics; off by default."
    )
    worker_concurrency: int = Field(
        16, ge=1, description="Workflow tasks, and steps of each kind, run at a time."
    )
    worker_pollers: int = Field(
        5, ge=2, description="Calls of each kind that wait for work at Temporal."
    )
    board_calls_per_second: float = Field(
        50, gt=0, description="Limit for calls to boards and others, for all workers."
    )
    worker_processes: ProcessCount = Field(
        1, description="Processes of `letterbox worker`; auto: one for each core."
    )
    deployment_name: str = Field(
        "",
        validation_alias="TEMPORAL_DEPLOYMENT_NAME",
        description="Deployment that this worker belongs to; none: unversioned.",
    )
    build_id: str = Field(
        "",
        validation_alias="TEMPORAL_WORKER_BUILD_ID",
        description="Its version: the build of this code.",
    )


class LogSettings(_Section):
    """What is logged by API and workers."""

    log_level: Annotated[LogLevel, BeforeValidator(str.lower)] = Field(
        LogLevel.INFO,
        description="Lowest level that is logged: debug, info, warning or error.",
    )


class ApiSettings(_Section):
    """The HTTP server, and the operators' access to it."""

    api_host: str = Field("127.0.0.1", description="Address the API listens on.")
    api_port: Port = Field(8000, description="Port of the API.")
    api_processes: ProcessCount = Field(
        1, description="Processes of `letterbox api` at its port; auto: one a core."
    )
    max_body_bytes: int = Field(
        15 * _MIB, gt=0, description="Largest request body that is accepted."
    )
    operator_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer tokens of the operator API, comma-separated; none: off.",
    )
    operators: Path | None = Field(
        None, description="JSON file of named operators; `letterbox operators add`."
    )

    desk_session: Duration = Field(
        timedelta(hours=8),
        ge=timedelta(minutes=1),
        description="How long somebody stays signed in at the desk.",
    )
    temporal_ui: Url = Field(
        "", description="Temporal's UI, for links of the desk; none: no links."
    )

    @field_validator("api_host")
    @classmethod
    def _an_address(cls, host: str) -> str:
        if host.rpartition(".")[2].isdecimal():
            try:
                ip_address(host)
            except ValueError:
                raise ValueError("must be an IP address or a host name") from None
        return host

    @property
    def operator_tokens(self) -> list[bytes]:
        """All bearer tokens that open the operator API; the first seals cursors."""
        parts = self.operator_token.get_secret_value().split(",")
        return [part.strip().encode() for part in parts if part.strip()]


class DeskSettings(OidcSettings, _Section):
    """The identity provider, beside the operators' tokens."""


if TYPE_CHECKING:
    # A board's own settings are typed where the board reads them.
    _OwnSettings = _Section
else:

    class _OwnSettings(*(board.settings for board in discover().values()), _Section):
        """What the boards that there are need."""


class BoardSettings(_OwnSettings):
    """What each board needs, and what is true of every board."""

    max_document_bytes: int = Field(
        25 * _MIB, gt=0, description="Largest document that is downloaded from a board."
    )


class PositionSettings(_Section):
    """The feed that the catalogue of positions is imported from."""

    position_feed: str = Field(
        "", description="File or URL that positions are imported from; none: by hand."
    )
    position_hirer: str = Field(
        "", description="Hirer of the positions that name none."
    )
    position_import_every: Duration = Field(
        timedelta(hours=1),
        ge=timedelta(minutes=1),
        description="How often the feed is imported.",
    )

    @field_validator("position_feed")
    @classmethod
    def _file_or_web(cls, feed: str) -> str:
        if "://" in feed and not feed.startswith(("http://", "https://")):
            raise ValueError("must be a file, or a URL with http:// or https://")
        return web_address(feed) if "://" in feed else feed


class RetentionSettings(_Section):
    """How long applications and archives are kept."""

    retention: Duration = Field(
        timedelta(days=180),
        gt=timedelta(0),
        le=timedelta(days=36500),
        description="How long a board keeps an application.",
    )
    archive_margin: Duration = Field(
        timedelta(days=14), description="How long before that it is archived."
    )
    archive_keep: Duration | None = Field(
        None,
        description="How long archives are kept, by their records' own dates; "
        "forever by default.",
    )
    journal_keep: Duration = Field(
        timedelta(days=3 * 365),
        ge=timedelta(days=31),
        description="How long it is kept who saw and did what.",
    )


class CandidateSettings(_Section):
    """What is done about a candidate: digests, scans and the region."""

    digest_key: Secrets = Field(
        (), description="Keys of candidates' digests: the first writes, all find."
    )
    clamd: str = Field(
        "", description="host:port or socket path of a clamd; none: not scanned."
    )
    region_policy: RegionPolicy = Field(
        RegionPolicy.ACCEPT,
        description="Candidates clearly elsewhere: accept, flag or refuse.",
    )
    geoip_database: Path | None = Field(
        None, description="MaxMind DB (.mmdb) with countries; none: unknown."
    )


class AtsSettings(_Section):
    """The delivery of events to the ATS."""

    delivery_url: Url = Field(
        "", description="Where the ATS receives events; none: off."
    )
    delivery_secret: Secrets = Field(
        (), description="Secrets that sign them (whsec_…), the new one first."
    )


class UpSettings(_Section):
    """`letterbox up` only: the ports of what it starts."""

    temporal_port: Port = Field(7233, description="`up`: port of Temporal.")
    ui_port: Port = Field(8233, description="`up`: port of Temporal's UI.")
    sandbox_port: Port = Field(8001, description="`up`: port of the SEEK sandbox.")


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
