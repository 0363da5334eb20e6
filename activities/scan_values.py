"""What travels between workflows and the scanning of documents."""

from activities.value import Value


class Scanning(Value):
    """Documents of one application to scan, each ``<sha256>.<ext>``."""

    application_id: str
    names: tuple[str, ...] = ()


class Scanned(Value):
    """The documents that are not known to be clean."""

    infected: tuple[str, ...] = ()
    """In quarantine."""
    unscanned: tuple[str, ...] = ()
    """The scanner could not tell this time: to be scanned again."""
    too_large: tuple[str, ...] = ()
    """
    Unscannable: beyond the scanner's limits, or encrypted; not to be asked again.
    """
    released: tuple[str, ...] = ()
    """A person has said that the scanner is wrong about them."""
    absent: tuple[str, ...] = ()
    """Nowhere to be found, so nothing is known of them."""
