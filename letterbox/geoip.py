"""Countries of IP addresses, from a MaxMind DB file."""

from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import maxminddb

from letterbox.domain.region import Country


class MaxMindLocator:
    """The ``Locator`` port over an ``.mmdb``; OSError or ValueError if it is none."""

    def __init__(self, database: Path) -> None:
        try:
            self._reader = maxminddb.open_database(database)
        except maxminddb.InvalidDatabaseError as error:
            raise ValueError("not a MaxMind DB") from error
        self._built = datetime.fromtimestamp(self._reader.metadata().build_epoch, UTC)

    def country(self, address: str) -> Country | None:
        """Look an address up; doubt of any kind is None."""
        try:
            parsed = ip_address(address.strip())
            if not parsed.is_global:
                return None
            entry = self._reader.get(parsed)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return None
        code = _country_code(entry)
        return Country(code=code, database_built=self._built) if code else None


def _country_code(entry: object) -> str | None:
    # Databases differ in more than this; only a plain ISO code counts.
    country = entry.get("country") if isinstance(entry, dict) else None
    code = country.get("iso_code") if isinstance(country, dict) else None
    return code if isinstance(code, str) else None
