"""The settings of the store: where it is, and whether that can be."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from letterbox.setting_types import LineSecret, Url
from letterbox.settings.sources import Section

# As the client takes it: servers other than Amazon's have old names too.
_BUCKET = re.compile(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|\.-|-\.))"
    r"[A-Za-z0-9][A-Za-z0-9_.:-]{1,61}[A-Za-z0-9]"
)
_REGION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")


class StoreSettings(Section):
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
