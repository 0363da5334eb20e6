"""What travels between workflows and the scanning of documents."""

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    # Histories live for 180 days: fields are only ever added, with defaults.
    model_config = ConfigDict(frozen=True)


class Scanning(_Value):
    """Documents of one application to scan, each ``<sha256>.<ext>``."""

    application_id: str
    names: tuple[str, ...] = ()


class Scanned(_Value):
    """The documents that are not known to be clean."""

    infected: tuple[str, ...] = ()
    """In quarantine."""
    unscanned: tuple[str, ...] = ()
    """The scanner could not tell this time: to be scanned again."""
    too_large: tuple[str, ...] = ()
    """Beyond the scanner's limits: unscanned too, and not to be asked again."""
    absent: tuple[str, ...] = ()
    """Nowhere to be found, so nothing is known of them."""
