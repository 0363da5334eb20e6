"""The settings section by section, but for those of the store."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, SecretStr, field_validator

from letterbox.boards import discover
from letterbox.domain.durations import Duration
from letterbox.domain.region import RegionPolicy
from letterbox.oidc.settings import OidcSettings
from letterbox.setting_types import (
    LogLevel,
    Port,
    ProcessCount,
    Secrets,
    Url,
    web_address,
)
from letterbox.settings.sources import Section

_MIB = 1024 * 1024


class WorkerSettings(Section):
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


class LogSettings(Section):
    """What is logged by API and workers."""

    log_level: Annotated[LogLevel, BeforeValidator(str.lower)] = Field(
        LogLevel.INFO,
        description="Lowest level that is logged: debug, info, warning or error.",
    )


class ApiSettings(Section):
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


class DeskSettings(OidcSettings, Section):
    """The desk, and the identity provider that people sign in at."""

    desk_session: Duration = Field(
        timedelta(hours=8),
        ge=timedelta(minutes=1),
        description="How long somebody stays signed in at the desk.",
    )
    temporal_ui: Url = Field(
        "", description="Temporal's UI, for links of the desk; none: no links."
    )


if TYPE_CHECKING:
    # A board's own settings are typed where the board reads them.
    _OwnSettings = Section
else:

    class _OwnSettings(*(board.settings for board in discover().values()), Section):
        """What the boards that there are need."""


class BoardSettings(_OwnSettings):
    """What each board needs, and what is true of every board."""

    max_document_bytes: int = Field(
        25 * _MIB, gt=0, description="Largest document that is downloaded from a board."
    )


class PositionSettings(Section):
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


class RetentionSettings(Section):
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


class CandidateSettings(Section):
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


class AtsSettings(Section):
    """The delivery of events to the ATS."""

    delivery_url: Url = Field(
        "", description="Where the ATS receives events; none: off."
    )
    delivery_secret: Secrets = Field(
        (), description="Secrets that sign them (whsec_…), the new one first."
    )


class UpSettings(Section):
    """`letterbox up` only: the ports of what it starts."""

    temporal_port: Port = Field(7233, description="`up`: port of Temporal.")
    ui_port: Port = Field(8233, description="`up`: port of Temporal's UI.")
    sandbox_port: Port = Field(8001, description="`up`: port of the SEEK sandbox.")
